//! Steps that nobody will go on with.

use std::collections::HashMap;

use stateright::Model;

use super::{Protocol, State};

/// States from which no end can be reached any more: a step that is lost.
pub fn lost_states(protocol: Protocol) -> Vec<State> {
    let mut places = HashMap::new();
    let mut states = protocol.init_states();
    let mut before: Vec<Vec<usize>> = vec![Vec::new()];
    places.insert(states[0], 0);
    let mut place = 0;
    while place < states.len() {
        for next in protocol.next_states(&states[place].clone()) {
            let found = *places.entry(next).or_insert_with(|| {
                states.push(next);
                before.push(Vec::new());
                states.len() - 1
            });
            before[found].push(place);
        }
        place += 1;
    }
    let mut can_end: Vec<_> = states.iter().map(State::is_settled).collect();
    let mut open: Vec<_> = (0..states.len()).filter(|place| can_end[*place]).collect();
    while let Some(place) = open.pop() {
        for earlier in &before[place] {
            if !std::mem::replace(&mut can_end[*earlier], true) {
                open.push(*earlier);
            }
        }
    }
    states
        .into_iter()
        .zip(can_end)
        .filter(|(_, can_end)| !can_end)
        .map(|(state, _)| state)
        .collect()
}
