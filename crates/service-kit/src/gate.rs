//! The gate in front of every route: request id, token, permission; then log and metrics.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, ResponseError};
use clients::http::ON_BEHALF_HEADER;
use common::clock::Clock;
use common::permission::{Freshness, Permission, Role};
use common::token::{KeySet, Token, TokenError, UserClaims};
use sha2::{Digest, Sha256};
use tracing::{debug, info};

use crate::access::{AccessTable, Found, Rule};
use crate::authority::Authority;
use crate::caller::{Caller, CallingService, Guest, Person};
use crate::error::ApiError;
use crate::issuer::Issuer;
use crate::metrics;
use crate::reconcile::{self, Hint};
use crate::request::{ID_HEADER, Origin};
use crate::revoked::Revoked;
use crate::tasks::Tasks;

/// How often the list of revocations is read when no hint comes.
const REVOCATIONS_PERIOD: Duration = Duration::from_millis(800);
/// How often unknown keys are looked up at most.
const KEYS_PAUSE: Duration = Duration::from_secs(10);
/// How often keys are read again without a reason.
const KEYS_PERIOD: Duration = Duration::from_secs(600);
/// Checked tokens that are remembered.
const MAX_REMEMBERED: usize = 10_000;

/// Knows who is let in.
pub struct Gate {
    service: &'static str,
    authority: Arc<dyn Authority>,
    clock: Clock,
    open: Option<Permission>,
    second: Option<Issuer>,
    keys: RwLock<Keys>,
    revoked: RwLock<Revoked>,
    /// Checked tokens by SHA-256: checking a signature costs as much as a small request.
    remembered: Mutex<HashMap<[u8; 32], Arc<Token>>>,
}

#[derive(Default)]
struct Keys {
    set: KeySet,
    read_at: Option<Instant>,
}

/// What a token turned out to be.
pub enum Checked {
    /// One of ours.
    Own(Arc<Token>),
    /// One of the second issuer, for this guest.
    Foreign(Guest),
}

impl Gate {
    /// A gate for `service` that learns from `authority`.
    pub fn new(service: &'static str, authority: Arc<dyn Authority>, clock: Clock) -> Self {
        Self {
            service,
            authority,
            clock,
            open: None,
            second: None,
            keys: RwLock::default(),
            revoked: RwLock::default(),
            remembered: Mutex::default(),
        }
    }

    /// Lets everybody do without a token what this permission allows.
    #[must_use]
    pub fn opened(mut self, permission: Option<Permission>) -> Self {
        self.open = permission;
        self
    }

    /// Takes tokens of a second issuer as well, if there is one.
    #[must_use]
    pub fn trusting(mut self, second: Option<Issuer>) -> Self {
        self.second = second;
        self
    }

    /// Keeps keys and revocations fresh until the process stops.
    pub fn keep_fresh(self: &Arc<Self>, tasks: &Tasks, hint: Hint) {
        if let Some(issuer) = &self.second {
            issuer.keep_fresh();
        }
        let gate = Arc::clone(self);
        reconcile::every(tasks, "revocations", REVOCATIONS_PERIOD, hint, move || {
            let gate = Arc::clone(&gate);
            async move { gate.read_revocations().await }
        });
        let gate = Arc::clone(self);
        reconcile::every(
            tasks,
            "signing keys",
            KEYS_PERIOD,
            Hint::default(),
            move || {
                let gate = Arc::clone(&gate);
                async move { gate.read_keys().await }
            },
        );
    }

    /// Reads the revocations that came since the last reading.
    ///
    /// # Errors
    /// When the authority cannot be asked.
    pub async fn read_revocations(&self) -> Result<(), ApiError> {
        loop {
            let after = read(&self.revoked).seq.unwrap_or(0);
            let batch = self.authority.revocations(after).await?.revocations;
            let mut revoked = write(&self.revoked);
            batch.iter().for_each(|entry| revoked.take(entry));
            revoked.seq.get_or_insert(0);
            if batch.is_empty() {
                revoked.forget_before(self.clock.now().timestamp());
                return Ok(());
            }
        }
    }

    async fn read_keys(&self) -> Result<(), ApiError> {
        let jwks = self.authority.jwks().await?;
        *write(&self.keys) = Keys {
            set: KeySet::new(&jwks),
            read_at: Some(Instant::now()),
        };
        Ok(())
    }

    /// Checks a token; one that names the second issuer is that one's to judge.
    ///
    /// # Errors
    /// 401, 403 for a guest without a role, or 503 when whoever vouches cannot be reached.
    pub async fn check(&self, token: &str) -> Result<Checked, ApiError> {
        match &self.second {
            Some(issuer) if issuer.is_named_in(token) => {
                issuer.check(token).await.map(Checked::Foreign)
            }
            _ => self.check_own(token).await.map(Checked::Own),
        }
    }

    async fn check_own(&self, token: &str) -> Result<Arc<Token>, ApiError> {
        let checked = self.check_signature(token).await?;
        if let Token::User(claims) = checked.as_ref() {
            if read(&self.revoked).seq.is_none() {
                self.read_revocations().await?;
            }
            if read(&self.revoked).covers(claims) {
                return Err(ApiError::unauthorized());
            }
        }
        Ok(checked)
    }

    async fn check_signature(&self, token: &str) -> Result<Arc<Token>, ApiError> {
        let now = self.clock.now().timestamp();
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(known) = lock(&self.remembered).get(&digest)
            && known.expires_at() > now
        {
            return Ok(Arc::clone(known));
        }
        let mut checked = read(&self.keys).set.verify(token, self.service, now);
        if matches!(checked, Err(TokenError::UnknownKey(_))) && self.may_read_keys() {
            self.read_keys().await?;
            checked = read(&self.keys).set.verify(token, self.service, now);
        }
        match checked {
            Ok(token) => {
                let token = Arc::new(token);
                let mut remembered = lock(&self.remembered);
                if remembered.len() >= MAX_REMEMBERED {
                    remembered.clear();
                }
                remembered.insert(digest, Arc::clone(&token));
                Ok(token)
            }
            Err(why) => {
                debug!("Token refused: {why}");
                Err(ApiError::unauthorized())
            }
        }
    }

    fn may_read_keys(&self) -> bool {
        read(&self.keys)
            .read_at
            .is_none_or(|at| at.elapsed() > KEYS_PAUSE)
    }

    async fn admit_user(
        &self,
        token: &str,
        claims: &UserClaims,
        permissions: &[Permission],
    ) -> Result<Caller, ApiError> {
        let caller = Caller::of(claims, token).ok_or_else(ApiError::unauthorized)?;
        let permission = allowed(caller.role, permissions)?;
        if permission.freshness() == Freshness::Checked
            && !self
                .authority
                .session_active(&claims.sid, claims.tv)
                .await?
        {
            return Err(ApiError::unauthorized());
        }
        Ok(caller)
    }

    /// Lets the request in under one of `rules`, and notes who calls.
    async fn admit(&self, req: &ServiceRequest, rules: &[Rule]) -> Result<(), ApiError> {
        if rules.contains(&Rule::Public) {
            return Ok(());
        }
        let is_open = self
            .open
            .is_some_and(|open| rules.contains(&Rule::User(open)));
        if is_open && !req.headers().contains_key(AUTHORIZATION) {
            return Ok(());
        }
        let token = bearer(req).ok_or_else(ApiError::unauthorized)?.to_owned();
        let permissions: Vec<_> = rules.iter().filter_map(user_rule).collect();
        let checked = match self.check(&token).await? {
            Checked::Own(checked) => checked,
            Checked::Foreign(guest) => {
                allowed(guest.role, &permissions)?;
                req.extensions_mut().insert(Person::Guest(guest));
                return Ok(());
            }
        };
        match checked.as_ref() {
            Token::User(claims) => {
                let caller = self.admit_user(&token, claims, &permissions).await?;
                req.extensions_mut().insert(Person::Own(caller));
            }
            Token::Service(claims) => {
                if !rules.iter().any(|rule| service_rule(rule, &claims.sub)) {
                    return Err(ApiError::forbidden(
                        "auth.forbidden",
                        "not for this service",
                    ));
                }
                let on_behalf = self.on_behalf(req).await?;
                req.extensions_mut()
                    .insert(CallingService::of(claims, on_behalf));
            }
        }
        Ok(())
    }

    /// The person for whom a service calls; a bad token there refuses the call, and so does a guest's.
    async fn on_behalf(&self, req: &ServiceRequest) -> Result<Option<Caller>, ApiError> {
        let Some(header) = req.headers().get(ON_BEHALF_HEADER) else {
            return Ok(None);
        };
        let token = header
            .to_str()
            .map_err(|_binary| ApiError::unauthorized())?
            .to_owned();
        match self.check_own(&token).await?.as_ref() {
            Token::User(claims) => Ok(Caller::of(claims, &token)),
            Token::Service(_) => Err(ApiError::unauthorized()),
        }
    }
}

/// The first of the permissions that `role` has.
fn allowed(role: Role, permissions: &[Permission]) -> Result<Permission, ApiError> {
    if let Some(permission) = permissions.iter().find(|p| role.may(**p)) {
        return Ok(*permission);
    }
    let least = permissions.iter().map(|p| p.least_role()).min();
    let needed = least.map_or("service", |role| role.as_str());
    Err(ApiError::forbidden(
        "auth.forbidden",
        format!("this needs the role {needed}; you are {role}"),
    ))
}

fn user_rule(rule: &Rule) -> Option<Permission> {
    match rule {
        Rule::User(permission) => Some(*permission),
        Rule::Public | Rule::Service(_) => None,
    }
}

fn service_rule(rule: &Rule, name: &str) -> bool {
    match rule {
        Rule::Service(names) => names.iter().any(|known| known == "*" || known == name),
        Rule::Public | Rule::User(_) => false,
    }
}

fn bearer(req: &ServiceRequest) -> Option<&str> {
    let mut headers = req.headers().get_all(AUTHORIZATION);
    let header = headers.next()?;
    if headers.next().is_some() {
        return None; // two tokens: no guessing which one counts
    }
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The middleware: names the request, admits it, serves it, reports it.
///
/// # Errors
/// None of its own: refusals are answers.
pub async fn pass(
    req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let origin = Origin::of(&req);
    let request_id = origin.request_id.clone();
    let method = req.method().clone();
    let pattern = req.match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let started = Instant::now();
    let mut answer = origin.scope(serve(req, next, &pattern, &method)).await?;
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        answer
            .headers_mut()
            .insert(HeaderName::from_static(ID_HEADER), value);
    }
    let status = answer.status().as_u16();
    let elapsed = started.elapsed();
    metrics::record_request(&pattern, &method, status, elapsed);
    let ms = elapsed.as_secs_f64() * 1000.0;
    if method == Method::GET && status < 400 {
        debug!(request_id, %method, route = pattern, status, ms, "{method} {pattern} {status}");
    } else {
        info!(request_id, %method, route = pattern, status, ms, "{method} {pattern} {status}");
    }
    Ok(answer)
}

async fn serve(
    req: ServiceRequest,
    next: Next<BoxBody>,
    pattern: &str,
    method: &Method,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (Some(gate), Some(table)) = (
        req.app_data::<Data<Gate>>().cloned(),
        req.app_data::<Data<AccessTable>>().cloned(),
    ) else {
        return Ok(req.into_response(ApiError::unauthorized().error_response()));
    };
    let admitted = match table.find(pattern, method) {
        Found::Rules(rules) => gate.admit(&req, rules).await,
        Found::NoMethod(known) => Err(ApiError::new(
            actix_web::http::StatusCode::METHOD_NOT_ALLOWED,
            "request.method_not_allowed",
            format!("this path takes {}", known.join(", ")),
        )),
        Found::NoPath => Err(ApiError::not_found(
            "request.no_such_path",
            "there is no such path",
        )),
    };
    match admitted {
        Ok(()) => next.call(req).await,
        Err(refusal) => Ok(req.into_response(refusal.error_response())),
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

fn lock<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
