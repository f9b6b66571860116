//! Where the edge passes requests to.

use actix_web::get;
use actix_web::web::Data;
use common::model::port::MapVersion;
use serde::Serialize;
use service_kit::json::Json;
use utoipa::ToSchema;

use crate::App;
use crate::services::SERVICES;
use crate::state::Snapshot;

/// What the edge is set to pass on, and whether nginx does so.
#[derive(Serialize, ToSchema)]
struct Upstreams {
    /// Generation that nginx serves; none while it serves nothing.
    generation: Option<u64>,
    /// Why nginx does not serve what is set, if so; it may pass requests to earlier addresses then.
    drift: Option<String>,
    /// State of the port map that nginx follows; none if that is not known.
    map: Option<MapVersion>,
    /// Each service.
    upstreams: Vec<Upstream>,
}

/// A service and the address that its requests are passed to.
#[derive(Serialize, ToSchema)]
struct Upstream {
    /// Its name in paths.
    #[schema(example = "auth")]
    name: &'static str,
    /// Name or number of its host.
    #[schema(example = "127.0.0.1")]
    host: String,
    /// Port on that host.
    #[schema(example = 3001)]
    port: u16,
}

impl Upstreams {
    fn of(state: Snapshot) -> Self {
        let services = SERVICES.iter().zip(&state.places);
        let upstreams = services.map(|(service, address)| Upstream {
            name: service.name,
            host: address.host().to_owned(),
            port: address.port(),
        });
        Self {
            generation: state.served,
            upstreams: upstreams.collect(),
            drift: state.drift,
            map: state.map,
        }
    }
}

/// Where requests for each service go; the edge does not pass this path on.
#[utoipa::path(
    tag = "platform",
    security(()),
    responses((status = 200, body = Upstreams))
)]
#[get("/upstreams")]
pub(super) async fn list_upstreams(app: Data<App>) -> Json<Upstreams> {
    Json(Upstreams::of(app.edge.snapshot()))
}
