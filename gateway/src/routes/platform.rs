//! How the platform is as a whole.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::App;
use crate::overview::Platform;

/// How every service is; 503 when none of them can work.
#[utoipa::path(
    tag = "platform",
    security(()),
    responses((status = 200, body = Platform), (status = 503, body = Platform))
)]
#[get("/platform/health")]
pub(super) async fn get_platform(app: Data<App>) -> HttpResponse {
    let platform = app.overview.report().await;
    if platform.status == "unhealthy" {
        return HttpResponse::ServiceUnavailable().json(platform);
    }
    HttpResponse::Ok().json(platform)
}
