//! Every operation of a service's OpenAPI document, tried by every kind of caller.

use common::permission::{Permission, Role};
use reqwest::Method;
use serde_json::Value;

use crate::app::{TestApp, TestClient};
use crate::forged;

/// Tries every operation as nobody, with a forged and an expired token, as each role and as a
/// service, and expects exactly what the document says. Panics with every difference at once.
///
/// Returns how many operations there are.
pub async fn check(app: &TestApp) -> usize {
    let document = app.anonymous().get("/openapi.json").await.expect(200);
    let mut faults = Vec::new();
    let mut count = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let Ok(method) = method.to_uppercase().parse::<Method>() else {
                continue;
            };
            count += 1;
            let tried = Tried {
                app,
                method,
                path: fill(path),
            };
            tried.check(&Rules::of(operation), &mut faults).await;
        }
    }
    assert!(
        faults.is_empty(),
        "access differs from the document:\n{}",
        faults.join("\n")
    );
    assert!(count > 5, "the document is empty");
    count
}

/// Puts an id that does not exist into each hole of a path.
fn fill(path: &str) -> String {
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                "999999"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[derive(Default)]
struct Rules {
    public: bool,
    permissions: Vec<Permission>,
    services: Vec<String>,
}

impl Rules {
    fn of(operation: &Value) -> Self {
        let mut rules = Self::default();
        for alternative in operation["security"].as_array().expect("security") {
            let schemes = alternative.as_object().expect("schemes");
            rules.public |= schemes.is_empty();
            for (scheme, scopes) in schemes {
                let scopes = scopes.as_array().expect("scopes").iter();
                let scopes = scopes.map(|scope| scope.as_str().expect("text"));
                match scheme.as_str() {
                    "bearer" => {
                        rules
                            .permissions
                            .extend(scopes.map(|s| s.parse::<Permission>().unwrap()));
                    }
                    _ => rules.services.extend(scopes.map(str::to_owned)),
                }
            }
        }
        rules
    }

    fn admit(&self, role: Role) -> bool {
        self.permissions
            .iter()
            .any(|permission| role.may(*permission))
    }
}

struct Tried<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
}

impl Tried<'_> {
    async fn check(&self, rules: &Rules, faults: &mut Vec<String>) {
        let app = self.app;
        if rules.public {
            let status = self.status(&app.anonymous()).await;
            self.note(
                faults,
                "anybody",
                status,
                status != 403 && status < 500 || status == 503,
            );
            return;
        }
        self.check_strangers(faults).await;
        for role in Role::ALL {
            let status = self.status(&app.role(role)).await;
            let right = if rules.admit(role) {
                !matches!(status, 401 | 403 | 405) && status < 500
            } else {
                status == 403
            };
            self.note(faults, role.as_str(), status, right);
        }
        let status = self.status(&app.service("stranger")).await;
        let welcome = rules.services.iter().any(|name| name == "*");
        self.note(
            faults,
            "an unknown service",
            status,
            welcome || status == 403,
        );
        for name in &rules.services {
            let status = self.status(&app.service(name)).await;
            self.note(
                faults,
                name,
                status,
                !matches!(status, 403 | 405) && status < 500,
            );
        }
    }

    async fn check_strangers(&self, faults: &mut Vec<String>) {
        let app = self.app;
        for (who, client) in [
            ("nobody", app.anonymous()),
            (
                "a forged token",
                app.with_token(forged::other_key(&app.authority)),
            ),
            (
                "an expired token",
                app.with_token(forged::expired(&app.authority)),
            ),
        ] {
            let status = self.status(&client).await;
            self.note(faults, who, status, status == 401);
        }
    }

    async fn status(&self, client: &TestClient<'_>) -> u16 {
        let body = (self.method != Method::GET).then(|| "{}".to_owned());
        client
            .send(self.method.clone(), &self.path, body)
            .await
            .status
    }

    fn note(&self, faults: &mut Vec<String>, who: &str, status: u16, right: bool) {
        if !right {
            faults.push(format!("{} {} as {who}: {status}", self.method, self.path));
        }
    }
}
