//! The service's OpenAPI document, completed with what is the same everywhere.

use common::problem::{FieldError, Problem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::access::{BEARER, SERVICE};
use crate::service::Descriptor;

/// Adds title, security schemes, and the problem answer to every operation.
pub fn complete(mut api: OpenApi, service: &Descriptor) -> OpenApi {
    api.info = InfoBuilder::new()
        .title(service.public_name)
        .version(service.version)
        .description(Some(service.description))
        .build();
    let components = api.components.get_or_insert_with(Components::new);
    for (name, text) in [
        (
            BEARER,
            "Access token of a person, from POST /login of the auth service",
        ),
        (
            SERVICE,
            "Token of a service; the scopes are the services that may call",
        ),
    ] {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(text))
            .build();
        components.add_security_scheme(name, SecurityScheme::Http(scheme));
    }
    components
        .schemas
        .insert(Problem::name().into_owned(), Problem::schema());
    components
        .schemas
        .insert(FieldError::name().into_owned(), FieldError::schema());
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            operation
                .responses
                .responses
                .entry("default".to_owned())
                .or_insert_with(|| RefOr::T(problem_answer()));
        }
    }
    api
}

fn problem_answer() -> Response {
    ResponseBuilder::new()
        .description("What went wrong (RFC 9457)")
        .content(
            common::problem::CONTENT_TYPE,
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name(Problem::name())))
                .build(),
        )
        .build()
}
