//! Two other ways to the best plan, slow and plain.

use std::collections::BTreeSet;

use super::super::{Movable, Question, Wish};

/// Above all weights and moves of a test.
const UNIT: i64 = 1 << 12;
const NEVER: i64 = 1 << 40;

/// What a plan costs: services left over, disrupted weight, moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Price {
    pub(super) left: usize,
    pub(super) weight: u64,
    pub(super) moves: usize,
}

/// The port of a service that only a person moves.
fn fixed(wish: &Wish) -> Option<u16> {
    wish.port.filter(|_| wish.movable == Movable::Manual)
}

/// Weight and moves of a wish on a port; `None` if it may not be there.
fn cost(question: &Question, wish: &Wish, port: u16) -> Option<(u64, usize)> {
    let may = match fixed(wish) {
        Some(fixed) => fixed == port,
        None => wish.allowed.iter().any(|range| range.contains(&port)),
    };
    let moves = wish.port.is_some_and(|now| now != port);
    let cost = if moves {
        (wish.disruption(), 1)
    } else {
        (0, 0)
    };
    Some(cost).filter(|_| may && !question.blocked.contains_key(&port))
}

/// The best of all ways to place everybody on ports 1 to `last`, one by one.
pub(super) fn try_all(question: &Question, last: u16) -> Option<Price> {
    fn go(question: &Question, from: usize, last: u16, taken: &mut BTreeSet<u16>) -> Option<Price> {
        let Some(wish) = question.wishes.get(from) else {
            return Some(Price {
                left: 0,
                weight: 0,
                moves: 0,
            });
        };
        let mut best: Option<Price> = None;
        for port in 1..=last {
            let Some((weight, moves)) = cost(question, wish, port) else {
                continue;
            };
            if !taken.insert(port) {
                continue;
            }
            if let Some(rest) = go(question, from + 1, last, taken) {
                let total = Price {
                    left: 0,
                    weight: rest.weight + weight,
                    moves: rest.moves + moves,
                };
                best = Some(best.map_or(total, |best| best.min(total)));
            }
            taken.remove(&port);
        }
        best
    }
    go(question, 0, last, &mut BTreeSet::new())
}

/// The best way from a table of all costs (the Hungarian method); wishes are no more than ports,
/// and those that only a person moves do not collide.
pub(super) fn assign(question: &Question, last: u16) -> Price {
    let held: BTreeSet<u16> = question.wishes.iter().filter_map(fixed).collect();
    let cell = |wish: &Wish, port: u16| match cost(question, wish, port) {
        Some((weight, moves)) if fixed(wish).is_some() || !held.contains(&port) => {
            i64::try_from(weight).unwrap() * UNIT + i64::try_from(moves).unwrap()
        }
        Some(_) | None => NEVER,
    };
    let row = |wish: &Wish| (1..=last).map(|port| cell(wish, port)).collect();
    let table: Vec<Vec<i64>> = question.wishes.iter().map(row).collect();
    let total = least_total(&table, usize::from(last));
    let rest = total % NEVER;
    Price {
        left: usize::try_from(total / NEVER).unwrap(),
        weight: u64::try_from(rest / UNIT).unwrap(),
        moves: usize::try_from(rest % UNIT).unwrap(),
    }
}

/// Least total of one cell in each row, no two in one column. Row and column 0 are not real.
fn least_total(table: &[Vec<i64>], columns: usize) -> i64 {
    let (mut u, mut v) = (vec![0; table.len() + 1], vec![0; columns + 1]);
    let mut row_of = vec![0; columns + 1];
    for row in 1..=table.len() {
        row_of[0] = row;
        let mut column = 0;
        let mut least = vec![i64::MAX; columns + 1];
        let mut before = vec![0; columns + 1];
        let mut used = vec![false; columns + 1];
        while row_of[column] != 0 {
            used[column] = true;
            let here = row_of[column];
            for to in (1..=columns).filter(|to| !used[*to]) {
                let step = table[here - 1][to - 1] - u[here] - v[to];
                if step < least[to] {
                    (least[to], before[to]) = (step, column);
                }
            }
            let open = (1..=columns).filter(|to| !used[*to]);
            let next = open.min_by_key(|to| least[*to]).unwrap();
            let delta = least[next];
            for to in 0..=columns {
                if used[to] {
                    u[row_of[to]] += delta;
                    v[to] -= delta;
                } else if to > 0 {
                    least[to] -= delta;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[before[column]];
            column = before[column];
        }
    }
    let taken = (1..=columns).filter(|column| row_of[*column] > 0);
    taken
        .map(|column| table[row_of[column] - 1][column - 1])
        .sum()
}
