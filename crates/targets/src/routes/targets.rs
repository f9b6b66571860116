//! Targets.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use common::id::{CredentialId, TargetId};
use common::model::service::Message;
use common::model::target::Protocol;
use common::problem::FieldError;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json, Path};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::dependency::{self, Neighbours};
use crate::domain::field;
use crate::domain::record::{Draft, Edit, Target};
use crate::domain::target;

/// A target to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTarget {
    /// Name, 1 to 100 characters.
    #[schema(example = "web-1")]
    name: String,
    /// Host name, IPv4 or IPv6 address.
    #[schema(example = "web-1.example.org")]
    hostname: String,
    /// Protocol, default winrm.
    #[serde(default = "winrm")]
    #[schema(default = "winrm")]
    protocol: Protocol,
    /// TCP port; the default goes by the protocol: winrm 5985, ssh 22, http 80.
    #[schema(minimum = 1, maximum = 65535)]
    port: Option<i64>,
    /// Credential to sign in with.
    credential_ref: Option<CredentialId>,
    /// Labels of a-z 0-9 _ . : = -
    #[serde(default)]
    tags: Vec<String>,
    /// Options of the protocol and notes, at most 16 KiB.
    #[serde(default)]
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// Targets that this one needs.
    #[serde(default)]
    depends_on: Vec<TargetId>,
}

fn winrm() -> Protocol {
    Protocol::Winrm
}

impl CreateTarget {
    /// Checks all fields, and tells of all that are wrong.
    fn accept(self) -> Result<Draft, ApiError> {
        let mut faults = Faults::default();
        let usual = i64::from(field::usual_port(self.protocol));
        let name = faults.sift(field::name(&self.name));
        let hostname = faults.sift(field::hostname(&self.hostname));
        let port = faults.sift(field::port(self.port.unwrap_or(usual)));
        let tags = faults.sift(field::tags(self.tags));
        let metadata = faults.sift(field::metadata(self.metadata));
        let depends_on = faults.sift(field::depends_on(self.depends_on));
        if let Some(metadata) = &metadata {
            faults
                .0
                .extend(field::option_faults(self.protocol, metadata));
        }
        faults.finish()?;
        Ok(Draft {
            name: name.unwrap_or_default(),
            hostname: hostname.unwrap_or_default(),
            protocol: self.protocol,
            port: port.unwrap_or_default(),
            credential: self.credential_ref,
            tags: tags.unwrap_or_default(),
            metadata: metadata.unwrap_or_default(),
            depends_on: depends_on.unwrap_or_default(),
        })
    }
}

/// What is to be changed; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeTarget {
    /// Name, 1 to 100 characters.
    name: Option<String>,
    /// Host name, IPv4 or IPv6 address.
    hostname: Option<String>,
    /// Protocol; the port stays.
    protocol: Option<Protocol>,
    /// TCP port.
    #[schema(minimum = 1, maximum = 65535)]
    port: Option<i64>,
    /// Credential to sign in with; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    credential_ref: Option<Option<CredentialId>>,
    /// All labels.
    tags: Option<Vec<String>>,
    /// All options and notes.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// All targets that this one needs.
    depends_on: Option<Vec<TargetId>>,
}

/// Tells null from a field that is left out.
fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl ChangeTarget {
    fn accept(self) -> Result<Edit, ApiError> {
        let mut faults = Faults::default();
        let edit = Edit {
            name: faults.sift_some(self.name.as_deref().map(field::name)),
            hostname: faults.sift_some(self.hostname.as_deref().map(field::hostname)),
            protocol: self.protocol,
            port: faults.sift_some(self.port.map(field::port)),
            credential: self.credential_ref,
            tags: faults.sift_some(self.tags.map(field::tags)),
            metadata: faults.sift_some(self.metadata.map(field::metadata)),
            depends_on: faults.sift_some(self.depends_on.map(field::depends_on)),
        };
        faults.finish()?;
        Ok(edit)
    }
}

/// Collects what is wrong with fields.
#[derive(Debug, Default)]
pub(super) struct Faults(pub(super) Vec<FieldError>);

impl Faults {
    /// Keeps the fault, if it is one.
    pub(super) fn sift<T>(&mut self, checked: Result<T, FieldError>) -> Option<T> {
        checked.map_err(|fault| self.0.push(fault)).ok()
    }

    fn sift_some<T>(&mut self, checked: Option<Result<T, FieldError>>) -> Option<T> {
        self.sift(checked?)
    }

    /// Refuses if anything was wrong.
    pub(super) fn finish(self) -> Result<(), ApiError> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(ApiError::invalid(self.0))
    }
}

/// Makes a target.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:write"])), request_body = CreateTarget, responses((status = 201, body = Target)))]
#[post("/targets")]
pub(crate) async fn create_target(
    app: Data<App>,
    who: Caller,
    Json(body): Json<CreateTarget>,
) -> Result<Created<Target>, ApiError> {
    Ok(Created(target::create(&app, &who, body.accept()?).await?))
}

/// A target.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:read"])), responses((status = 200, body = Target)))]
#[get("/targets/{id}")]
pub(crate) async fn get_target(
    app: Data<App>,
    Path(id): Path<TargetId>,
) -> Result<Json<Target>, ApiError> {
    Ok(Json(target::get(&app, id).await?))
}

/// Changes a target; its accepted host keys stay.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:write"])), request_body = ChangeTarget, responses((status = 200, body = Target)))]
#[put("/targets/{id}")]
pub(crate) async fn change_target(
    app: Data<App>,
    who: Caller,
    Path(id): Path<TargetId>,
    Json(body): Json<ChangeTarget>,
) -> Result<Json<Target>, ApiError> {
    let edit = body.accept()?;
    Ok(Json(target::change(&app, &who, id, edit).await?))
}

/// Removes a target that no other one needs; its past runs stay readable.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:write"])), responses((status = 200, body = Message)))]
#[delete("/targets/{id}")]
pub(crate) async fn delete_target(
    app: Data<App>,
    who: Caller,
    Path(id): Path<TargetId>,
) -> Result<Json<Message>, ApiError> {
    let gone = target::delete(&app, &who, id).await?;
    Ok(Json(Message::new(format!("target {} deleted", gone.name))))
}

/// Removes the target of this name.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:write"])), responses((status = 200, body = Message)))]
#[delete("/targets/by-name/{name}")]
pub(crate) async fn delete_target_by_name(
    app: Data<App>,
    who: Caller,
    Path(name): Path<String>,
) -> Result<Json<Message>, ApiError> {
    let name = field::name(&name)?;
    let gone = target::delete_by_name(&app, &who, &name).await?;
    Ok(Json(Message::new(format!("target {} deleted", gone.name))))
}

/// What a target needs, and which targets need it.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:read"])), responses((status = 200, body = Neighbours)))]
#[get("/targets/{id}/dependencies")]
pub(crate) async fn list_dependencies(
    app: Data<App>,
    Path(id): Path<TargetId>,
) -> Result<Json<Neighbours>, ApiError> {
    Ok(Json(dependency::neighbours(&app, id).await?))
}
