//! People and their roles.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use common::id::UserId;
use common::model::service::Message;
use common::model::user::User;
use common::page::{Page, usual_limit};
use common::permission::Role;
use common::problem::FieldError;
use common::secret::Secret;
use common::text;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json, Path, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::account::{Email, Username};
use crate::domain::policy;
use crate::domain::user::{self, Edit, NewUser};

/// A person to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// Mail address.
    #[schema(example = "ana@example.org")]
    pub(super) email: String,
    /// Name to sign in with.
    #[schema(example = "ana")]
    pub(super) username: String,
    /// Password to start with, 12 to 128 characters; the person is asked to change it.
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    pub(super) password: Secret<String>,
    /// Role, default viewer.
    #[serde(default = "viewer")]
    #[schema(default = "viewer")]
    pub(super) role: Role,
}

fn viewer() -> Role {
    Role::Viewer
}

impl CreateUser {
    /// Checks all fields, and tells of all that are wrong.
    pub(super) fn accept(self) -> Result<NewUser, ApiError> {
        let username = Username::parse(&self.username);
        let email = Email::parse(&self.email);
        let password = policy::accept("password", self.password, self.username.trim());
        match (username, email, password) {
            (Ok(username), Ok(email), Ok(password)) => Ok(NewUser {
                username,
                email,
                role: self.role,
                password,
            }),
            (username, email, password) => {
                let faults = [email.err(), username.err(), password.err()];
                Err(ApiError::invalid(faults.into_iter().flatten().collect()))
            }
        }
    }
}

/// What is to be changed; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUser {
    /// Mail address.
    email: Option<String>,
    /// Name to sign in with (admin only).
    username: Option<String>,
    /// Role (admin only).
    role: Option<Role>,
    /// Whether the person may sign in (admin only).
    is_active: Option<bool>,
}

impl ChangeUser {
    fn accept(self) -> Result<Edit, ApiError> {
        let email = self.email.as_deref().map(Email::parse).transpose();
        let username = self.username.as_deref().map(Username::parse).transpose();
        match (email, username) {
            (Ok(email), Ok(username)) => Ok(Edit {
                email,
                username,
                role: self.role,
                is_active: self.is_active,
            }),
            (email, username) => {
                let faults = [email.err(), username.err()];
                Err(ApiError::invalid(faults.into_iter().flatten().collect()))
            }
        }
    }
}

/// A role to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRole {
    /// The role.
    role: Role,
}

/// Which people are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListUsers {
    /// Rows to pass over.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    skip: i64,
    /// Rows to answer with.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: i64,
    /// Part of a username or address, whatever its case.
    search: Option<String>,
}

/// The window, or a note of what is wrong with it.
pub(super) fn window(skip: i64, limit: i64, faults: &mut Vec<FieldError>) -> Page {
    let page = Page { skip, limit };
    faults.extend(page.check().err());
    page
}

/// People.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserList {
    /// In the order of their ids.
    users: Vec<User>,
    /// How many there are without a window.
    total: i64,
}

/// Makes a person.
#[utoipa::path(tag = "users", security(("bearer" = ["users:write"])), request_body = CreateUser, responses((status = 201, body = User)))]
#[post("/users")]
pub(crate) async fn create_user(
    app: Data<App>,
    who: Caller,
    Json(body): Json<CreateUser>,
) -> Result<Created<User>, ApiError> {
    Ok(Created(user::create(&app, &who, body.accept()?).await?))
}

/// Lists people: everybody for an admin, else only oneself.
#[utoipa::path(tag = "users", security(("bearer" = ["users:read"])), params(ListUsers), responses((status = 200, body = UserList)))]
#[get("/users")]
pub(crate) async fn list_users(
    app: Data<App>,
    who: Caller,
    Query(query): Query<ListUsers>,
) -> Result<Json<UserList>, ApiError> {
    let mut faults = Vec::new();
    let page = window(query.skip, query.limit, &mut faults);
    match text::search("search", query.search.as_deref()) {
        Ok(search) if faults.is_empty() => {
            let (users, total) = user::list(&app, &who, &search, page).await?;
            Ok(Json(UserList { users, total }))
        }
        searched => {
            faults.extend(searched.err());
            Err(ApiError::invalid(faults))
        }
    }
}

/// A person: oneself, or anybody for an admin.
#[utoipa::path(tag = "users", security(("bearer" = ["users:read"])), responses((status = 200, body = User)))]
#[get("/users/{id}")]
pub(crate) async fn get_user(
    app: Data<App>,
    who: Caller,
    Path(id): Path<UserId>,
) -> Result<Json<User>, ApiError> {
    Ok(Json(user::get(&app, &who, id).await?))
}

/// Changes a person; who is no admin may change the own address only.
#[utoipa::path(tag = "users", security(("bearer" = ["users:write"]), ("bearer" = ["account"])), request_body = ChangeUser, responses((status = 200, body = User)))]
#[put("/users/{id}")]
pub(crate) async fn change_user(
    app: Data<App>,
    who: Caller,
    Path(id): Path<UserId>,
    Json(body): Json<ChangeUser>,
) -> Result<Json<User>, ApiError> {
    let edit = body.accept()?;
    if edit.role.is_some() {
        who.require_recent_sign_in(app.clock.now())?;
    }
    Ok(Json(user::change(&app, &who, id, edit).await?))
}

/// Removes a person and ends all sessions.
#[utoipa::path(tag = "users", security(("bearer" = ["users:write"])), responses((status = 200, body = Message)))]
#[delete("/users/{id}")]
pub(crate) async fn delete_user(
    app: Data<App>,
    who: Caller,
    Path(id): Path<UserId>,
) -> Result<Json<Message>, ApiError> {
    who.require_recent_sign_in(app.clock.now())?;
    let user = user::delete(&app, &who, id).await?;
    Ok(Json(Message::new(format!(
        "user {} deleted",
        user.username
    ))))
}

/// Gives a person another role.
#[utoipa::path(tag = "users", security(("bearer" = ["users:write"])), request_body = SetRole, responses((status = 200, body = User)))]
#[post("/users/{id}/roles")]
pub(crate) async fn set_role(
    app: Data<App>,
    who: Caller,
    Path(id): Path<UserId>,
    Json(body): Json<SetRole>,
) -> Result<Json<User>, ApiError> {
    who.require_recent_sign_in(app.clock.now())?;
    let edit = Edit {
        role: Some(body.role),
        ..Edit::default()
    };
    Ok(Json(user::change(&app, &who, id, edit).await?))
}
