//! Credentials themselves; their data goes in and never comes out here.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use common::id::CredentialId;
use common::model::credential::CredentialType;
use common::model::service::Message;
use common::page::Page;
use common::problem::FieldError;
use common::text;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json, Path, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::credential::{self, Changes};
use crate::domain::field::{MAX_DESCRIPTION, MAX_NAME};
use crate::domain::secret_data::{self, RawData};
use crate::store::credentials::{Credential, Filter, NewCredential};

/// A credential that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateCredential {
    /// Unique name, 1 to 100 characters.
    #[schema(example = "web-servers", min_length = 1, max_length = 100)]
    name: String,
    /// For people.
    #[serde(default)]
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// What kind of secret it is.
    credential_type: CredentialType,
    /// winrm: username, password, domain?; ssh: username, password or private_key with
    /// passphrase?, become_password?; api_key: api_key, header?.
    credential_data: RawData,
}

impl CreateCredential {
    fn check(&self) -> Result<(NewCredential, secret_data::Document), ApiError> {
        let mut faults = Vec::new();
        let name = text::line("name", &self.name, MAX_NAME).map_err(|fault| faults.push(fault));
        let description = description(self.description.as_deref()).map_err(|f| faults.push(f));
        let data = secret_data::check(
            self.credential_type,
            &self.credential_data,
            "credential_data.",
        )
        .map_err(|more| faults.extend(more));
        match (name, description, data) {
            (Ok(name), Ok(description), Ok(data)) => {
                let credential_type = self.credential_type;
                Ok((
                    NewCredential {
                        name,
                        description,
                        credential_type,
                    },
                    data,
                ))
            }
            _ => Err(ApiError::invalid(faults)),
        }
    }
}

fn description(text: Option<&str>) -> Result<Option<String>, FieldError> {
    let text = text::lines("description", text.unwrap_or_default(), MAX_DESCRIPTION)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Stores a secret; it cannot be read back here.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:write"])),
    request_body = CreateCredential, responses((status = 201, body = Credential)))]
#[post("/credentials")]
pub(super) async fn create_credential(
    app: Data<App>,
    who: Caller,
    Json(body): Json<CreateCredential>,
) -> Result<Created<Credential>, ApiError> {
    let (new, data) = body.check()?;
    Ok(Created(credential::create(&app, &who, &new, &data).await?))
}

/// Which credentials are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListCredentials {
    /// Rows to pass over.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    skip: i64,
    /// Rows to answer with.
    #[serde(default = "common::page::usual_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: i64,
    /// Part of the name or description, in any case.
    search: Option<String>,
    /// Only this type.
    #[serde(rename = "type")]
    credential_type: Option<CredentialType>,
}

/// A page of credentials.
#[derive(Debug, Serialize, ToSchema)]
struct CredentialList {
    /// By name.
    credentials: Vec<Credential>,
    /// How many match, on all pages.
    total: i64,
}

/// Lists credentials by name.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:read"])),
    params(ListCredentials), responses((status = 200, body = CredentialList)))]
#[get("/credentials")]
pub(super) async fn list_credentials(
    app: Data<App>,
    Query(wanted): Query<ListCredentials>,
) -> Result<Json<CredentialList>, ApiError> {
    let mut faults = Vec::new();
    let page = Page {
        skip: wanted.skip,
        limit: wanted.limit,
    }
    .check()
    .map_err(|fault| faults.push(fault));
    let search =
        text::search("search", wanted.search.as_deref()).map_err(|fault| faults.push(fault));
    let (Ok(page), Ok(search)) = (page, search) else {
        return Err(ApiError::invalid(faults));
    };
    let filter = Filter {
        search: Some(search).filter(|text| !text.is_empty()),
        credential_type: wanted.credential_type,
    };
    let (credentials, total) = credential::list(&app, &filter, page).await?;
    Ok(Json(CredentialList { credentials, total }))
}

/// Shows a credential without its data.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:read"])),
    params(("id" = i64, Path, description = "Credential")),
    responses((status = 200, body = Credential)))]
#[get("/credentials/{id}")]
pub(super) async fn get_credential(
    app: Data<App>,
    Path(id): Path<CredentialId>,
) -> Result<Json<Credential>, ApiError> {
    Ok(Json(credential::get(&app, id).await?))
}

/// Changes of a credential; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateCredential {
    /// Unique name, 1 to 100 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// For people; an empty one takes it away.
    #[serde(default)]
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// Only what it is already.
    #[serde(default)]
    credential_type: Option<CredentialType>,
    /// New data, which becomes the next version.
    #[serde(default)]
    credential_data: Option<RawData>,
}

/// Changes name or description, or gives new data.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:write"])),
    params(("id" = i64, Path, description = "Credential")),
    request_body = UpdateCredential, responses((status = 200, body = Credential)))]
#[put("/credentials/{id}")]
pub(super) async fn update_credential(
    app: Data<App>,
    who: Caller,
    Path(id): Path<CredentialId>,
    Json(body): Json<UpdateCredential>,
) -> Result<Json<Credential>, ApiError> {
    let mut faults = Vec::new();
    let mut changes = Changes {
        data: body.credential_data,
        ..Changes::default()
    };
    if let Some(name) = &body.name {
        match text::line("name", name, MAX_NAME) {
            Ok(name) => changes.name = Some(name),
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(text) = &body.description {
        match description(Some(text)) {
            Ok(text) => changes.description = Some(text),
            Err(fault) => faults.push(fault),
        }
    }
    let present = credential::get(&app, id).await?.credential_type;
    if body.credential_type.is_some_and(|wanted| wanted != present) {
        let detail = format!(
            "is {} and cannot change; make a new credential",
            present.as_str()
        );
        faults.push(FieldError::new("credential_type", "immutable", detail));
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    Ok(Json(credential::update(&app, &who, id, changes).await?))
}

/// Removes a credential with its history, unless a target uses it.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:write"])),
    params(("id" = i64, Path, description = "Credential")),
    responses((status = 200, body = Message)))]
#[delete("/credentials/{id}")]
pub(super) async fn delete_credential(
    app: Data<App>,
    who: Caller,
    Path(id): Path<CredentialId>,
) -> Result<Json<Message>, ApiError> {
    let gone = credential::delete(&app, &who, id).await?;
    Ok(Json(Message::new(format!(
        "credential {} deleted",
        gone.name
    ))))
}

/// Removes the credential of this name, unless a target uses it.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:write"])),
    params(("name" = String, Path, description = "Name of the credential")),
    responses((status = 200, body = Message)))]
#[delete("/credentials/by-name/{name}")]
pub(super) async fn delete_named_credential(
    app: Data<App>,
    who: Caller,
    Path(name): Path<String>,
) -> Result<Json<Message>, ApiError> {
    let name = text::line("name", &name, MAX_NAME)?;
    let gone = credential::delete_named(&app, &who, &name).await?;
    Ok(Json(Message::new(format!(
        "credential {} deleted",
        gone.name
    ))))
}
