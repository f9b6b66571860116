//! Resolving conflicts: which services move, where to, and in which order.
//!
//! A plan disturbs as little as any plan can: least total weight of services that move, then the
//! fewest moves; these two are exact. Then, as well as a deterministic pass can: back to a former
//! port, close to the preferred one, lowest port, and by name.
//!
//! `board` seats the heaviest claimant of each port, `matching` gives the others free ports, and
//! only what does not fit goes through `displacement`, the exact search. `order` makes waves.

mod board;
mod displacement;
mod matching;
mod order;
mod plan;
mod ports;
mod question;
mod reason;
mod stuck;
#[cfg(test)]
mod tests;

pub use plan::{Move, Plan};
pub use question::{Movable, Question, RESTART_FACTOR, Wish};
pub use reason::Reason;
pub use stuck::{Obstacle, Stuck};

use board::Board;
use displacement::Search;

/// Gives each service one allowed port of its own, with the least disruption.
///
/// # Errors
/// When no such plan exists; it names the services that are left over.
pub fn resolve(question: &Question) -> Result<Plan, Stuck> {
    let mut board = Board::new(question)?;
    let movers = board.keep_heaviest();
    let lower_bound = board.weight_of(&movers);
    let unplaced = matching::place(&mut board, &movers);
    if unplaced.is_empty() {
        return Ok(plan::draw(&board, lower_bound));
    }
    Search::new(&mut board).place(&unplaced)?;
    matching::polish(&mut board);
    let plan = plan::draw(&board, lower_bound);
    // The search ran to its end, so no plan costs less even where the bound is lower.
    Ok(Plan {
        optimal: true,
        ..plan
    })
}
