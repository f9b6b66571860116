//! Testing connections.

use actix_web::post;
use actix_web::web::Data;
use common::id::TargetId;
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path};

use crate::app::App;
use crate::domain::connection;
use crate::domain::finding::TestAnswer;

/// Connects, signs in and runs a command; a test that fails is answered as 200, too.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:test"])), responses((status = 200, body = TestAnswer)))]
#[post("/targets/{id}/test-connection")]
pub(crate) async fn test_connection(
    app: Data<App>,
    who: Caller,
    Path(id): Path<TargetId>,
) -> Result<Json<TestAnswer>, ApiError> {
    Ok(Json(connection::test(&app, &who, id).await?))
}

/// The same for a WinRM target: 501, or a made-up answer where the settings say so.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:test"])), responses((status = 200, body = TestAnswer)))]
#[post("/targets/{id}/test-winrm")]
pub(crate) async fn test_winrm(
    app: Data<App>,
    Path(id): Path<TargetId>,
) -> Result<Json<TestAnswer>, ApiError> {
    Ok(Json(connection::test_winrm(&app, id).await?))
}
