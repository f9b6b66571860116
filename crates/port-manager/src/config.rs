//! The settings of the service.

use std::ops::Range;
use std::time::Duration;

use common::token::ISSUER;
use reqwest::Url;
use service_kit::config::{BadSettings, Common, Env};
use service_kit::issuer::IssuerConfig;

/// Port when `PORT` is not set.
const PORT: u16 = 8100;

/// A partner of the suite that is told of changes.
#[derive(Clone, Debug)]
pub struct PartnerConfig {
    /// Where it answers, such as `http://itechsmart-enterprise:8001`.
    pub url: String,
    /// Whether it is told anything.
    pub enabled: bool,
}

/// Settings of the port manager.
#[derive(Clone, Debug)]
pub struct Config {
    /// What every service has; `HOST` is `0.0.0.0` by default here.
    pub common: Common,
    /// `HUB_URL`, default `http://itechsmart-enterprise:8001`, and `ENABLE_HUB`, default `true`.
    pub hub: PartnerConfig,
    /// `NINJA_URL`, default `http://itechsmart-ninja:8002`, and `ENABLE_NINJA`, default `true`.
    pub ninja: PartnerConfig,
    /// `LEDGER_URL`, default `http://itechsmart-ledger:8015`, and `ENABLE_LEDGER`, default `false`.
    pub ledger: PartnerConfig,
    /// `GATEWAY_URL`, such as `http://127.0.0.1:3010`: where the gateway of this machine answers itself; it
    /// is not asked where it passes requests if this is not set.
    pub gateway_url: Option<String>,
    /// `PORT_RANGE_START` and `PORT_RANGE_END` (exclusive): ports of the default suite; the stored
    /// ones stay where neither is set.
    pub range: Option<Range<u32>>,
    /// `SERVICE_HOST_TEMPLATE`, default `{service_id}`: host of a service; `127.0.0.1` on one machine.
    pub host_template: String,
    /// `PORT_MANAGER_ANONYMOUS_READ`, default `false`; `true` lets everybody read without a token.
    pub anonymous_read: bool,
    /// `PORT_SCAN_SECONDS`, default 5: how often the sockets are looked at.
    pub scan_interval: Duration,
    /// `HEALTH_CHECK_SECONDS`, default 15: how often a healthy service is checked.
    pub healthy_interval: Duration,
    /// `HEALTH_RECHECK_SECONDS`, default 3: how often any other one is, unless it was not well lately either:
    /// then as often as a healthy one.
    pub unhealthy_interval: Duration,
    /// `HEALTH_TIMEOUT_MS`, default 2000: longest wait for an answer.
    pub health_timeout: Duration,
    /// `PORT_QUARANTINE_SECONDS`, default 600: how long a released port is given to nobody else.
    pub quarantine: Duration,
    /// `PORT_SWITCH_SECONDS`, default 15: longest wait for gateways to follow a move; one that has ended counts
    /// as alive for 10.
    pub switch_limit: Duration,
    /// The identity provider of the suite, whose tokens are taken as well if `PASSPORT_ISSUER` is set;
    /// none of the other settings may be there without it.
    ///
    /// - `PASSPORT_ISSUER`: what `iss` has to be, letter by letter.
    /// - `PASSPORT_AUDIENCE`: what `aud` has to be or hold.
    /// - `PASSPORT_JWKS_URL`: where the keys are; `https`, or `http` where nobody can listen in.
    /// - `PASSPORT_ROLE_CLAIM`, default `roles`: the claim with the role or roles; dots lead into
    ///   objects, such as `realm_access.roles`.
    /// - `PASSPORT_ROLES`: the roles here by the roles there, such as
    ///   `ports-admin=admin,ports-operator=operator,staff=viewer`; the highest counts.
    pub passport: Option<IssuerConfig>,
}

impl Config {
    /// Reads them.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_env(env: &mut Env) -> Result<Self, BadSettings> {
        let mut common = Common::read(env, PORT);
        common.host = env.or("HOST", "0.0.0.0".to_owned());
        let config = Self {
            common,
            hub: partner(env, "HUB", ("http://itechsmart-enterprise:8001", true)),
            ninja: partner(env, "NINJA", ("http://itechsmart-ninja:8002", true)),
            ledger: partner(env, "LEDGER", ("http://itechsmart-ledger:8015", false)),
            gateway_url: env.optional("GATEWAY_URL"),
            range: range(env),
            host_template: env.or("SERVICE_HOST_TEMPLATE", "{service_id}".to_owned()),
            anonymous_read: env.or("PORT_MANAGER_ANONYMOUS_READ", false),
            scan_interval: env.seconds("PORT_SCAN_SECONDS", 5),
            healthy_interval: env.seconds("HEALTH_CHECK_SECONDS", 15),
            unhealthy_interval: env.seconds("HEALTH_RECHECK_SECONDS", 3),
            health_timeout: Duration::from_millis(env.or("HEALTH_TIMEOUT_MS", 2000)),
            quarantine: env.seconds("PORT_QUARANTINE_SECONDS", 600),
            switch_limit: env.seconds("PORT_SWITCH_SECONDS", 15),
            passport: passport(env),
        };
        config.check(env);
        env.finish()?;
        Ok(config)
    }

    fn check(&self, env: &mut Env) {
        for (name, value) in [
            ("PORT_SCAN_SECONDS", self.scan_interval),
            ("HEALTH_CHECK_SECONDS", self.healthy_interval),
            ("HEALTH_RECHECK_SECONDS", self.unhealthy_interval),
        ] {
            if !(1..=3600).contains(&value.as_secs()) {
                env.fault::<()>(name, "must be between 1 and 3600");
            }
        }
        if !(50..=30_000).contains(&self.health_timeout.as_millis()) {
            env.fault::<()>("HEALTH_TIMEOUT_MS", "must be between 50 and 30000");
        }
        if !(1..=300).contains(&self.switch_limit.as_secs()) {
            env.fault::<()>("PORT_SWITCH_SECONDS", "must be between 1 and 300");
        }
        if self.quarantine.as_secs() > 86_400 {
            env.fault::<()>("PORT_QUARANTINE_SECONDS", "must be at most 86400");
        }
        let partners = [
            ("HUB_URL", &self.hub.url),
            ("NINJA_URL", &self.ninja.url),
            ("LEDGER_URL", &self.ledger.url),
        ];
        let gateway = self.gateway_url.iter().map(|url| ("GATEWAY_URL", url));
        for (name, url) in partners.into_iter().chain(gateway) {
            if Url::parse(url).is_err() {
                env.fault::<()>(name, "must be an address such as http://host:port");
            }
        }
    }
}

fn partner(env: &mut Env, name: &str, (url, enabled): (&str, bool)) -> PartnerConfig {
    PartnerConfig {
        url: env.or(&format!("{name}_URL"), url.to_owned()),
        enabled: env.or(&format!("ENABLE_{name}"), enabled),
    }
}

fn passport(env: &mut Env) -> Option<IssuerConfig> {
    let Some(issuer) = env.optional::<String>("PASSPORT_ISSUER") else {
        for name in ["AUDIENCE", "JWKS_URL", "ROLE_CLAIM", "ROLES"] {
            let name = format!("PASSPORT_{name}");
            if env.optional::<String>(&name).is_some() {
                env.fault::<()>(&name, "is set, but PASSPORT_ISSUER is not");
            }
        }
        return None;
    };
    if issuer == ISSUER {
        env.fault::<()>(
            "PASSPORT_ISSUER",
            "must not be the issuer of our own tokens",
        );
    }
    let audience = env.required("PASSPORT_AUDIENCE");
    let role_claim = env.or("PASSPORT_ROLE_CLAIM", "roles".to_owned());
    if role_claim.split('.').any(str::is_empty) {
        env.fault::<()>("PASSPORT_ROLE_CLAIM", "must be such as realm_access.roles");
    }
    let roles = env.required("PASSPORT_ROLES");
    Some(IssuerConfig {
        name: "passport",
        title: "PassPort",
        issuer,
        audience,
        jwks_url: jwks_url(env)?,
        role_claim,
        roles,
    })
}

fn jwks_url(env: &mut Env) -> Option<Url> {
    let name = "PASSPORT_JWKS_URL";
    let text: String = env.required(name);
    if text.is_empty() {
        return None;
    }
    let url = Url::parse(&text).ok().filter(|url| {
        let is_plain = url.username().is_empty() && url.password().is_none();
        matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain
    });
    let why = "must be an address such as https://host/jwks.json, without a password";
    url.or_else(|| env.fault(name, why))
}

fn range(env: &mut Env) -> Option<Range<u32>> {
    let (start, end) = (
        env.optional::<u16>("PORT_RANGE_START"),
        env.optional::<u16>("PORT_RANGE_END"),
    );
    if start.is_none() && end.is_none() {
        return None;
    }
    let range = u32::from(start.unwrap_or(8000))..u32::from(end.unwrap_or(9000));
    if range.start == 0 || range.is_empty() {
        return env.fault(
            "PORT_RANGE_END",
            "must be above PORT_RANGE_START, which must be 1 or more",
        );
    }
    Some(range)
}
