//! Who may call which operation, read from the very list that feeds router and document.

use std::collections::HashMap;

use actix_web::http::Method;
use common::permission::Permission;
use serde_json::Value;
use utoipa::openapi::OpenApi;

/// Security scheme of people's tokens.
pub const BEARER: &str = "bearer";
/// Security scheme of services' tokens; its scopes are the names of services, `*` is any.
pub const SERVICE: &str = "service";

/// One way to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everybody, without a token.
    Public,
    /// A person whose role has the permission.
    User(Permission),
    /// One of these services, by name; `*` is any.
    Service(Vec<String>),
}

/// The rules of every operation of a service.
#[derive(Clone, Debug, Default)]
pub struct AccessTable(HashMap<String, HashMap<Method, Vec<Rule>>>);

impl AccessTable {
    /// Reads the table.
    ///
    /// # Errors
    /// The operations that do not say who may call them.
    pub fn of(api: &OpenApi) -> Result<Self, Vec<String>> {
        let document = serde_json::to_value(api).unwrap_or_default();
        let mut table = Self::default();
        let mut faults = Vec::new();
        let paths = document.get("paths").and_then(Value::as_object);
        for (path, methods) in paths.into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let Ok(method) = method.to_ascii_uppercase().parse::<Method>() else {
                    continue;
                };
                match rules(operation) {
                    Ok(rules) => {
                        table
                            .0
                            .entry(path.clone())
                            .or_default()
                            .insert(method, rules);
                    }
                    Err(why) => faults.push(format!("{method} {path}: {why}")),
                }
            }
        }
        if faults.is_empty() {
            Ok(table)
        } else {
            Err(faults)
        }
    }

    /// Lets everybody read a route that is not in the document.
    pub(crate) fn open(&mut self, pattern: &str) {
        self.0
            .entry(pattern.to_owned())
            .or_default()
            .insert(Method::GET, vec![Rule::Public]);
    }

    /// The rules of `method` on the route `pattern`, or why there are none.
    pub fn find(&self, pattern: &str, method: &Method) -> Found<'_> {
        let Some(methods) = self.0.get(pattern) else {
            return Found::NoPath;
        };
        match methods.get(method) {
            Some(rules) => Found::Rules(rules),
            None => Found::NoMethod(methods.keys().map(Method::as_str).collect()),
        }
    }
}

/// What the table says of a request.
#[derive(Debug)]
pub enum Found<'a> {
    /// Any one of these lets the caller in.
    Rules(&'a [Rule]),
    /// The path is known, but only with these methods.
    NoMethod(Vec<&'a str>),
    /// The path is not known.
    NoPath,
}

fn rules(operation: &Value) -> Result<Vec<Rule>, String> {
    let Some(alternatives) = operation.get("security").and_then(Value::as_array) else {
        return Err("has no security entry".to_owned());
    };
    let mut rules = Vec::new();
    for alternative in alternatives {
        let Some(schemes) = alternative.as_object() else {
            return Err("has a security entry that is no object".to_owned());
        };
        if schemes.is_empty() {
            rules.push(Rule::Public);
        }
        for (scheme, scopes) in schemes {
            let scopes = scopes
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            rules.push(rule(scheme, &scopes.collect::<Vec<_>>())?);
        }
    }
    if rules.is_empty() {
        Err("has an empty security entry".to_owned())
    } else {
        Ok(rules)
    }
}

fn rule(scheme: &str, scopes: &[&str]) -> Result<Rule, String> {
    match (scheme, scopes) {
        (BEARER, [scope]) => scope
            .parse()
            .map(Rule::User)
            .map_err(|error| error.to_string()),
        (SERVICE, [_, ..]) => Ok(Rule::Service(
            scopes.iter().map(|s| (*s).to_owned()).collect(),
        )),
        _ => Err(format!(
            "has a security entry {scheme} {scopes:?} that means nothing here"
        )),
    }
}
