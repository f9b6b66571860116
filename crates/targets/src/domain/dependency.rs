//! Which target needs which other one, without circles.

use std::collections::{HashMap, VecDeque};

use common::id::TargetId;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::Error;
use crate::store;

/// A target by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TargetRef {
    /// Id.
    pub id: TargetId,
    /// Name.
    pub name: String,
}

/// What a target needs, and who needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Neighbours {
    /// Targets that it needs, by name.
    pub depends_on: Vec<TargetRef>,
    /// Targets that need it, by name.
    pub dependents: Vec<TargetRef>,
}

/// One target needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Who needs.
    pub target: TargetId,
    /// What is needed.
    pub needs: TargetId,
}

/// The neighbours of a target.
pub async fn neighbours(app: &App, id: TargetId) -> Result<Neighbours, Error> {
    let mut conn = app.store.acquire().await?;
    if !store::targets::exists(&mut conn, id).await? {
        return Err(Error::NotFound(id));
    }
    Ok(Neighbours {
        depends_on: store::dependencies::list_needed(&mut conn, id).await?,
        dependents: store::dependencies::list_dependents(&mut conn, id).await?,
    })
}

/// Refuses unknown targets.
pub async fn require_known(conn: &mut PgConnection, needed: &[TargetId]) -> Result<(), Error> {
    let unknown = store::dependencies::list_unknown(conn, needed).await?;
    if unknown.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    let detail = format!("there is no target {}", ids.join(", "));
    Err(Error::field("depends_on", "unknown", detail))
}

/// Refuses `needed` if it leads back to `id`; the caller holds the lock of all dependencies.
pub async fn require_no_cycle(
    conn: &mut PgConnection,
    id: TargetId,
    needed: &[TargetId],
) -> Result<(), Error> {
    let edges = store::dependencies::list_reachable(conn, needed).await?;
    let Some(path) = find_path(&edges, needed, id) else {
        return Ok(());
    };
    let names = store::dependencies::list_names(conn, &path).await?;
    let word = |id: &TargetId| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let words: Vec<String> = std::iter::once(&id).chain(&path).map(word).collect();
    Err(Error::DependencyCycle(words.join(" needs ")))
}

/// A shortest way along `edges` that begins in `from` and ends at `to`.
fn find_path(edges: &[Edge], from: &[TargetId], to: TargetId) -> Option<Vec<TargetId>> {
    let mut needs: HashMap<TargetId, Vec<TargetId>> = HashMap::new();
    for edge in edges {
        needs.entry(edge.target).or_default().push(edge.needs);
    }
    let mut came_from: HashMap<TargetId, Option<TargetId>> =
        from.iter().map(|id| (*id, None)).collect();
    let mut queue: VecDeque<TargetId> = from.iter().copied().collect();
    while let Some(at) = queue.pop_front() {
        if at == to {
            let back = std::iter::successors(Some(at), |id| came_from.get(id).copied().flatten());
            let mut path: Vec<TargetId> = back.collect();
            path.reverse();
            return Some(path);
        }
        for next in needs.get(&at).into_iter().flatten() {
            if !came_from.contains_key(next) {
                came_from.insert(*next, Some(at));
                queue.push_back(*next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(edges: &[(i64, i64)], from: &[i64], to: i64) -> Option<Vec<i64>> {
        let edges: Vec<Edge> = edges
            .iter()
            .map(|(target, needs)| Edge {
                target: TargetId(*target),
                needs: TargetId(*needs),
            })
            .collect();
        let from: Vec<TargetId> = from.iter().copied().map(TargetId).collect();
        let found = find_path(&edges, &from, TargetId(to))?;
        Some(found.into_iter().map(|id| id.0).collect())
    }

    #[test]
    fn a_way_is_found_if_there_is_one() {
        assert_eq!(path(&[], &[1], 1), Some(vec![1]));
        assert_eq!(path(&[], &[2], 1), None);
        assert_eq!(path(&[(2, 3), (3, 1)], &[2], 1), Some(vec![2, 3, 1]));
        assert_eq!(path(&[(2, 3), (3, 2)], &[2], 1), None);
        assert_eq!(
            path(&[(2, 3), (3, 4), (4, 1), (2, 4)], &[2], 1),
            Some(vec![2, 4, 1])
        );
    }
}
