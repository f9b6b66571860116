//! What the holes and the condition of a step may ask for.

use std::collections::BTreeMap;
use std::sync::Arc;

use common::secret::Secret;
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use crate::store::claims::Claim;
use crate::store::results::ResultRow;

/// Secret parameters of a run by their names.
pub(crate) type Secrets = BTreeMap<String, Secret>;

/// What a step knows beside its own row.
#[derive(Default)]
pub(crate) struct Known {
    /// Results of earlier steps.
    pub(crate) results: Vec<ResultRow>,
    /// Secret parameters of its run, once they are there; shared with other steps of the run.
    pub(crate) parcel: Option<Arc<OnceCell<Secrets>>>,
}

impl Known {
    /// What must not appear in any output.
    pub(crate) fn hidden(&self) -> Vec<&Secret> {
        self.secrets().map(|(_name, secret)| secret).collect()
    }

    fn secrets(&self) -> impl Iterator<Item = (&String, &Secret)> {
        self.parcel.iter().filter_map(|cell| cell.get()).flatten()
    }

    /// The values: parameters of the run, the target, and results of earlier steps.
    pub(crate) fn values(&self, claim: &Claim) -> Map<String, Value> {
        let mut values = claim.parameters.as_object().cloned().unwrap_or_default();
        for (name, secret) in self.secrets() {
            values.insert(name.clone(), Value::String(secret.expose().clone()));
        }
        if let Some(target) = &claim.target {
            let fact = |name: &str| target.get(name).cloned().unwrap_or_default();
            let facts = json!({"name": fact("name"), "hostname": fact("hostname")});
            values.insert("target".to_owned(), facts);
        }
        let mut steps = Map::new();
        for row in &self.results {
            let result = json!({
                "status": row.status,
                "exit_code": row.exit_code,
                "stdout": line(row.stdout.as_deref()),
                "stderr": line(row.stderr.as_deref()),
                "extracted": row.extracted,
            });
            if let Some(name) = &row.register {
                values.insert(name.clone(), result.clone());
            }
            steps.insert(row.name.clone(), result);
        }
        values.insert("steps".to_owned(), Value::Object(steps));
        values
    }
}

/// Whether a run was started with secret parameters: they are objects in the place of a value.
pub(crate) fn has_secrets(claim: &Claim) -> bool {
    let values = claim.parameters.as_object();
    values.is_some_and(|values| values.values().any(Value::is_object))
}

/// Output as shells substitute it: without the line ends at its end.
fn line(text: Option<&str>) -> &str {
    text.unwrap_or_default().trim_end_matches('\n')
}
