//! What the holes and the condition of a step may ask for.

use serde_json::{Map, Value, json};

use crate::store::claims::Claim;
use crate::store::results::ResultRow;

/// The values: parameters of the run, the target, and results of earlier steps.
pub(crate) fn values(claim: &Claim, results: &[ResultRow]) -> Map<String, Value> {
    let mut values = claim.parameters.as_object().cloned().unwrap_or_default();
    if let Some(target) = &claim.target {
        let fact = |name: &str| target.get(name).cloned().unwrap_or_default();
        let facts = json!({"name": fact("name"), "hostname": fact("hostname")});
        values.insert("target".to_owned(), facts);
    }
    let mut steps = Map::new();
    for row in results {
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

/// Output as shells substitute it: without the line ends at its end.
fn line(text: Option<&str>) -> &str {
    text.unwrap_or_default().trim_end_matches('\n')
}
