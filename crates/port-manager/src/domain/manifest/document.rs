//! The document. It has the names of a backup file, so that one can be taken as it is: JSON is YAML.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use common::problem::FieldError;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::app::App;
use crate::domain::record::port;
use crate::domain::{backup, target};
use crate::error::Error;
use crate::store;

/// Most services of a document.
const MAX_SERVICES: usize = 65_535;

/// A document as it is written.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suite: Option<String>,
    #[serde(deserialize_with = "once_each")]
    port_assignments: BTreeMap<String, i64>,
    #[serde(default)]
    reserved_ports: Option<Vec<i64>>,
    /// What only backups have.
    #[serde(default, skip_serializing, rename = "port_history")]
    _port_history: IgnoredAny,
    #[serde(default, skip_serializing, rename = "backup_timestamp")]
    _backup_timestamp: IgnoredAny,
}

/// What is wished of a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Name of the suite; the default one if there is none.
    pub suite: Option<String>,
    /// Port of each service.
    pub ports: BTreeMap<String, u16>,
    /// Ports of the suite's range that are kept free; none leaves them as they are.
    pub reserved: Option<BTreeSet<u16>>,
}

impl Manifest {
    /// Reads a document that may name its suite; `suite` is the one of the request.
    ///
    /// # Errors
    /// When it is no YAML, or asks for what cannot be.
    pub fn read(text: &str, suite: Option<String>) -> Result<Self, Error> {
        let reader = serde_norway::Deserializer::from_str(text);
        let document: Document = serde_path_to_error::deserialize(reader).map_err(|error| {
            let path = error.path().to_string();
            let inner = error.into_inner().to_string();
            let prefix = format!("{path}: ");
            let inner = inner.strip_prefix(&prefix).unwrap_or(&inner).to_owned();
            match path.as_str() {
                "." | "?" => Error::BadManifest(inner),
                _ => Error::field(&path, "invalid", inner),
            }
        })?;
        if document.port_assignments.len() > MAX_SERVICES {
            return Err(Error::BadManifest(format!(
                "more than {MAX_SERVICES} services"
            )));
        }
        if let (Some(asked), Some(named)) = (&suite, &document.suite)
            && asked != named
        {
            let detail = format!("must be {asked}, as in the request");
            return Err(Error::field("suite", "other_suite", detail));
        }
        let mut faults = Vec::new();
        let ports = document
            .port_assignments
            .into_iter()
            .filter_map(|(name, number)| {
                let checked = port(&format!("port_assignments.{name}"), number);
                Some((name, noted(checked, &mut faults)?))
            });
        let ports = ports.collect();
        let reserved = document.reserved_ports.map(|numbers| {
            let numbered = numbers.into_iter().enumerate();
            let checked = numbered.filter_map(|(index, number)| {
                noted(
                    port(&format!("reserved_ports[{index}]"), number),
                    &mut faults,
                )
            });
            checked.collect()
        });
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        Ok(Self {
            suite: suite.or(document.suite),
            ports,
            reserved,
        })
    }
}

fn noted(checked: Result<u16, FieldError>, faults: &mut Vec<FieldError>) -> Option<u16> {
    checked.map_err(|fault| faults.push(fault)).ok()
}

/// Reads a map in which no name may come twice; the last one would win otherwise.
fn once_each<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<String, i64>, D::Error> {
    struct OnceEach;

    impl<'de> Visitor<'de> for OnceEach {
        type Value = BTreeMap<String, i64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map of services and their ports")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut read = BTreeMap::new();
            while let Some((name, port)) = map.next_entry::<String, i64>()? {
                if read.insert(name.clone(), port).is_some() {
                    return Err(A::Error::custom(format!("{name} is there twice")));
                }
            }
            Ok(read)
        }
    }

    reader.deserialize_map(OnceEach)
}

/// Writes the present state of a suite as a document.
///
/// # Errors
/// When there is no such suite, or the database cannot be asked.
pub async fn export(app: &App, suite: Option<&str>) -> Result<String, Error> {
    let at = app.clock.now();
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    let (_epoch, revision) = store::head::get(&mut conn).await?;
    let state = backup::describe(&mut conn, &suite, at).await?;
    let document = Document {
        suite: Some(suite.name.clone()),
        port_assignments: state.port_assignments,
        reserved_ports: Some(state.reserved_ports),
        _port_history: IgnoredAny,
        _backup_timestamp: IgnoredAny,
    };
    let text = serde_norway::to_string(&document)
        .map_err(|error| Error::BadManifest(error.to_string()))?;
    let at = at.format("%Y-%m-%dT%H:%M:%SZ");
    Ok(format!(
        "# Ports of the suite {} at revision {revision}, {at}.\n\
         # POST /api/ports/plan shows what a changed copy would do, POST /api/ports/apply does it.\n{text}",
        suite.name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_as_it_is_meant() {
        let text = "suite: shop\nport_assignments:\n  web: 8010\n  api: 8011\nreserved_ports: [8012, 8013]\n";
        let read = Manifest::read(text, None).unwrap();
        assert_eq!(read.suite.as_deref(), Some("shop"));
        assert_eq!(read.ports.get("api"), Some(&8011));
        assert_eq!(read.reserved, Some(BTreeSet::from([8012, 8013])));
        let short = Manifest::read("port_assignments: {}", Some("shop".to_owned())).unwrap();
        assert_eq!(
            (short.suite.as_deref(), short.reserved),
            (Some("shop"), None)
        );
    }

    #[test]
    fn a_backup_file_is_a_document() {
        let text = r#"{"port_assignments": {"web": 8010}, "port_history": {"web": [8010]},
            "reserved_ports": [], "backup_timestamp": "2026-11-25T18:40:56Z"}"#;
        let read = Manifest::read(text, None).unwrap();
        assert_eq!(read.ports, BTreeMap::from([("web".to_owned(), 8010)]));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("port_assignments:\n  web: 0", "port_assignments.web"),
            ("port_assignments:\n  web: 65536", "port_assignments.web"),
            ("port_assignments:\n  web: 80a", "port_assignments.web"),
            ("port_assignments:\n  web: 1\n  web: 2", "port_assignments"),
            (
                "port_assignments: {}\nreserved_ports: [1, -1]",
                "reserved_ports[1]",
            ),
            ("port_assignments: {}\nports: {}", "ports"),
            ("suite: other\nport_assignments: {}", "suite"),
        ];
        for (text, field) in cases {
            let fault = Manifest::read(text, Some("shop".to_owned())).unwrap_err();
            let Error::Invalid(faults) = &fault else {
                panic!("{text}: {fault}");
            };
            assert_eq!(faults[0].field, field, "{text}");
        }
        for text in [
            "",
            "- 1",
            "{}",
            "port_assignments: {}\n---\nport_assignments: {}",
        ] {
            let fault = Manifest::read(text, None).unwrap_err();
            assert!(matches!(fault, Error::BadManifest(_)), "{text}: {fault:?}");
        }
    }
}
