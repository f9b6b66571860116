//! Suites: added, changed, removed.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use common::model::service::Message;
use common::problem::{FieldError, Problem};
use serde::{Deserialize, Serialize};
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json, Path};
use utoipa::ToSchema;

use super::services::nullable;
use crate::app::App;
use crate::domain::ledger::Actor;
use crate::domain::record::{Strategy, Suite};
use crate::domain::suite::{self, SuiteEdit};
use crate::domain::target;
use crate::error::Error;
use crate::store;

/// A suite.
#[derive(Serialize, ToSchema)]
struct SuiteView {
    /// Its name.
    name: String,
    /// Name for people.
    title: String,
    /// First port and the one after the last.
    port_range: [u32; 2],
    /// So many first ports are given on explicit request only.
    static_band: u16,
    /// How a port is chosen.
    strategy: Strategy,
    /// Host of its services, with `{service_id}`; none takes the setting of the port manager.
    host_template: Option<String>,
}

impl From<Suite> for SuiteView {
    fn from(suite: Suite) -> Self {
        Self {
            name: suite.name,
            title: suite.title,
            port_range: [suite.range.start, suite.range.end],
            static_band: suite.static_band,
            strategy: suite.strategy,
            host_template: suite.host_template,
        }
    }
}

/// Suites.
#[derive(Serialize, ToSchema)]
struct SuiteList {
    /// By name.
    suites: Vec<SuiteView>,
    /// How many these are.
    total: usize,
}

/// Lists suites.
#[utoipa::path(tag = "suites", security(("bearer" = ["ports:read"])), responses((status = 200, body = SuiteList)))]
#[get("/api/suites")]
pub(super) async fn list_suites(app: Data<App>) -> Result<Json<SuiteList>, ApiError> {
    let mut conn = app.store.acquire().await.map_err(Error::from)?;
    let suites = store::suites::list(&mut conn).await.map_err(Error::from)?;
    let suites: Vec<_> = suites.into_iter().map(SuiteView::from).collect();
    Ok(Json(SuiteList {
        total: suites.len(),
        suites,
    }))
}

/// What a suite is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateSuite {
    /// Its name.
    #[schema(max_length = 63)]
    name: String,
    /// Name for people.
    title: Option<String>,
    /// First port and the one after the last.
    port_range: [i64; 2],
    /// So many first ports are given on explicit request only.
    static_band: Option<u16>,
    /// How a port is chosen.
    strategy: Option<Strategy>,
    /// Host of its services.
    host_template: Option<String>,
}

/// Adds a suite.
#[utoipa::path(tag = "suites", security(("bearer" = ["ports:write"])), request_body = CreateSuite,
    responses((status = 201, body = SuiteView), (status = 400, body = Problem),
        (status = 409, body = Problem, description = "ports.suite_taken")))]
#[post("/api/suites")]
pub(super) async fn create_suite(
    app: Data<App>,
    who: Person,
    Json(body): Json<CreateSuite>,
) -> Result<Created<SuiteView>, ApiError> {
    let edit = SuiteEdit {
        title: body.title,
        range: Some(range(body.port_range)?),
        static_band: body.static_band,
        strategy: body.strategy,
        host_template: body.host_template.map(Some),
    };
    let made = suite::create(&app, Actor::Person(&who), &body.name, edit).await?;
    Ok(Created(made.into()))
}

fn range([start, end]: [i64; 2]) -> Result<std::ops::Range<u32>, FieldError> {
    let detail = "must be [first, end] with 1 <= first < end <= 65536";
    let fault = || FieldError::new("port_range", "out_of_range", detail);
    let number = |number: i64| u32::try_from(number).map_err(|_negative| fault());
    Ok(number(start)?..number(end)?)
}

/// A suite by name.
#[utoipa::path(tag = "suites", security(("bearer" = ["ports:read"])),
    params(("name" = String, Path, description = "Suite")),
    responses((status = 200, body = SuiteView), (status = 404, body = Problem)))]
#[get("/api/suites/{name}")]
pub(super) async fn get_suite(
    app: Data<App>,
    Path(name): Path<String>,
) -> Result<Json<SuiteView>, ApiError> {
    let mut conn = app.store.acquire().await.map_err(Error::from)?;
    Ok(Json(target::suite(&mut conn, Some(&name)).await?.into()))
}

/// What changes of a suite; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeSuite {
    /// Name for people.
    title: Option<String>,
    /// First port and the one after the last.
    port_range: Option<[i64; 2]>,
    /// So many first ports are given on explicit request only.
    static_band: Option<u16>,
    /// How a port is chosen.
    strategy: Option<Strategy>,
    /// Host of its services; null takes the setting of the port manager.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    host_template: Option<Option<String>>,
}

/// Changes a suite; ports that are given stay given.
#[utoipa::path(tag = "suites", security(("bearer" = ["ports:write"])), request_body = ChangeSuite,
    params(("name" = String, Path, description = "Suite")),
    responses((status = 200, body = SuiteView), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[put("/api/suites/{name}")]
pub(super) async fn change_suite(
    app: Data<App>,
    who: Person,
    Path(name): Path<String>,
    Json(body): Json<ChangeSuite>,
) -> Result<Json<SuiteView>, ApiError> {
    let edit = SuiteEdit {
        title: body.title,
        range: body.port_range.map(range).transpose()?,
        static_band: body.static_band,
        strategy: body.strategy,
        host_template: body.host_template,
    };
    let changed = suite::change(&app, Actor::Person(&who), &name, edit).await?;
    Ok(Json(changed.into()))
}

/// Removes a suite with its services; the default one stays.
#[utoipa::path(tag = "suites", security(("bearer" = ["ports:admin"])),
    params(("name" = String, Path, description = "Suite")),
    responses((status = 200, body = Message), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "ports.suite_stays")))]
#[delete("/api/suites/{name}")]
pub(super) async fn delete_suite(
    app: Data<App>,
    who: Person,
    Path(name): Path<String>,
) -> Result<Json<Message>, ApiError> {
    suite::delete(&app, Actor::Person(&who), &name).await?;
    Ok(Json(Message::new(format!("suite {name} deleted"))))
}
