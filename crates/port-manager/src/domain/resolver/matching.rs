//! Giving open ports to those without one, while everybody at home stays there.

use super::board::Board;
use super::ports::PortSet;

/// Places `movers` on open ports; gives those that no port is left for.
pub(super) fn place(board: &mut Board<'_>, movers: &[usize]) -> Vec<usize> {
    let mut rest = return_to_former(board, movers);
    // Who has the least choice comes first: then a common pool, or pools inside one another,
    // never need a second look.
    rest.sort_by_cached_key(|index| board.service(*index).map(|s| s.allowed.count()));
    rest.retain(|index| {
        let port = board.nearest(*index);
        if let Some(port) = port {
            board.sit(*index, port);
        }
        port.is_none()
    });
    if rest.is_empty() {
        return rest;
    }
    let left = make_room(board, rest);
    if left.is_empty() {
        polish(board);
    }
    left
}

/// Moves those that are away to a better port, if one is open.
pub(super) fn polish(board: &mut Board<'_>) {
    for index in board.away() {
        board.leave(index);
        let former = board.open_former(index).next();
        if let Some(port) = former.or_else(|| board.nearest(index)) {
            board.sit(index, port);
        }
    }
}

/// Seats those that can return to a former port; gives the others.
fn return_to_former(board: &mut Board<'_>, movers: &[usize]) -> Vec<usize> {
    // Who has a single former port chooses first.
    let mut returning: Vec<(usize, usize)> = movers
        .iter()
        .map(|index| (board.open_former(*index).count(), *index))
        .collect();
    returning.sort_unstable();
    let mut rest = Vec::new();
    for (_, index) in returning {
        let former = board.open_former(index).next();
        match former {
            Some(port) => board.sit(index, port),
            None => rest.push(index),
        }
    }
    rest.sort_unstable();
    rest
}

/// Lets those that are away change ports among themselves, until no more fit.
fn make_room(board: &mut Board<'_>, mut unplaced: Vec<usize>) -> Vec<usize> {
    let mut before = usize::MAX;
    while !unplaced.is_empty() && unplaced.len() < before {
        before = unplaced.len();
        let mut unseen = PortSet::new();
        for port in board.away().into_iter().filter_map(|i| board.seat(i)) {
            unseen.insert(port);
        }
        unplaced.retain(|index| !reseat(board, &mut unseen, *index));
    }
    unplaced
}

/// Seats one service, and reseats others for it. Sees each port once in a round, so that a round
/// is linear whatever it finds.
fn reseat(board: &mut Board<'_>, unseen: &mut PortSet, start: usize) -> bool {
    let mut path = vec![start];
    while let Some(last) = path.last().copied() {
        if let Some(port) = board.nearest(last) {
            shift(board, &path, port);
            return true;
        }
        let next = board.service(last).and_then(|service| {
            let port = unseen.next_around(&service.allowed, service.wish.preferred)?;
            unseen.remove(port);
            board.holder(port)
        });
        match next {
            Some(holder) => path.push(holder),
            None => {
                path.pop();
            }
        }
    }
    false
}

/// Seats the last of a path on an open port, and each other one where its next one sat.
pub(super) fn shift(board: &mut Board<'_>, path: &[usize], open: u16) {
    let mut port = open;
    for index in path.iter().rev() {
        let before = board.seat(*index);
        board.sit(*index, port);
        let Some(before) = before else { return };
        port = before;
    }
}
