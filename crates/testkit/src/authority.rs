//! Stands in for auth: signs tokens of every kind, and ends them.

use std::sync::Mutex;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use common::clock::Clock;
use common::id::UserId;
use common::model::session::{Revocation, Revocations};
use common::permission::Role;
use common::token::{
    ISSUER, Jwk, Jwks, SERVICE_TYPE, ServiceClaims, USER_AUDIENCE, USER_TYPE, UserClaims,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use service_kit::authority::Authority;
use service_kit::error::ApiError;
use service_kit::request::new_id;

/// A signing key with its list of revocations.
pub struct TestAuthority {
    clock: Clock,
    key: Ed25519KeyPair,
    kid: String,
    revocations: Mutex<Vec<Revocation>>,
}

impl TestAuthority {
    /// With a fresh key.
    pub fn new(clock: Clock) -> Self {
        let key = Ed25519KeyPair::generate().expect("key");
        Self {
            clock,
            key,
            kid: "test-key".to_owned(),
            revocations: Mutex::default(),
        }
    }

    /// The name of its key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.key.public_key().as_ref()
    }

    /// Claims of user 1, 2 or 3 for viewer, operator or admin, good for five minutes.
    pub fn claims(&self, role: Role) -> UserClaims {
        let id = match role {
            Role::Viewer => 1,
            Role::Operator => 2,
            Role::Admin => 3,
        };
        self.claims_of(UserId(id), role.as_str(), role)
    }

    /// Claims of any user.
    pub fn claims_of(&self, id: UserId, username: &str, role: Role) -> UserClaims {
        let now = self.clock.now().timestamp();
        UserClaims {
            iss: ISSUER.to_owned(),
            aud: vec![USER_AUDIENCE.to_owned()],
            sub: id.to_string(),
            sid: format!("session-of-{id}"),
            role,
            tv: 1,
            username: username.to_owned(),
            email: format!("{username}@example.org"),
            auth_time: now,
            iat: now,
            nbf: now,
            exp: now + 300,
            jti: new_id(),
        }
    }

    /// A token of a person with this role.
    pub fn token(&self, role: Role) -> String {
        self.sign_claims(&self.claims(role))
    }

    /// A token with these claims.
    pub fn sign_claims(&self, claims: &UserClaims) -> String {
        self.sign(USER_TYPE, &serde_json::to_value(claims).expect("claims"))
    }

    /// A token of the service `name` for the service `audience`.
    pub fn service_token(&self, name: &str, audience: &str) -> String {
        let now = self.clock.now().timestamp();
        let claims = ServiceClaims {
            iss: ISSUER.to_owned(),
            aud: vec![audience.to_owned()],
            sub: name.to_owned(),
            iat: now,
            nbf: now,
            exp: now + 60,
            jti: new_id(),
        };
        self.sign(SERVICE_TYPE, &serde_json::to_value(claims).expect("claims"))
    }

    /// Signs any claims under any type.
    pub fn sign(&self, typ: &str, claims: &serde_json::Value) -> String {
        let header = serde_json::json!({"alg": "EdDSA", "typ": typ, "kid": self.kid});
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// Signs header and payload as they are.
    pub fn sign_text(&self, header: &str, payload: &str) -> String {
        let body = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let signature = self.key.sign(body.as_bytes());
        format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// Ends a session.
    pub fn revoke_session(&self, sid: &str) {
        self.revoke(Some(sid.to_owned()), None, None);
    }

    /// Ends a user's tokens below a version.
    pub fn revoke_user(&self, id: UserId, min_token_version: i64) {
        self.revoke(None, Some(id), Some(min_token_version));
    }

    fn revoke(&self, session_id: Option<String>, user_id: Option<UserId>, version: Option<i64>) {
        let mut list = self.revocations.lock().expect("lock");
        let seq = i64::try_from(list.len()).expect("short list") + 1;
        list.push(Revocation {
            seq,
            session_id,
            user_id,
            min_token_version: version,
            expires_at: self.clock.now() + Duration::hours(1),
        });
    }
}

impl Authority for TestAuthority {
    fn jwks(&self) -> BoxFuture<'_, Result<Jwks, ApiError>> {
        async {
            Ok(Jwks {
                keys: vec![Jwk::ed25519(&self.kid, self.public_key())],
            })
        }
        .boxed()
    }

    fn revocations(&self, after: i64) -> BoxFuture<'_, Result<Revocations, ApiError>> {
        let list = self.revocations.lock().expect("lock").clone();
        let revocations = list.into_iter().filter(|entry| entry.seq > after).collect();
        async move { Ok(Revocations { revocations }) }.boxed()
    }

    fn session_active<'a>(
        &'a self,
        sid: &'a str,
        token_version: i64,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        let list = self.revocations.lock().expect("lock");
        let ended = list.iter().any(|entry| {
            entry.session_id.as_deref() == Some(sid)
                || entry
                    .user_id
                    .is_some_and(|id| sid == format!("session-of-{id}"))
                    && entry
                        .min_token_version
                        .is_some_and(|least| token_version < least)
        });
        async move { Ok(!ended) }.boxed()
    }
}
