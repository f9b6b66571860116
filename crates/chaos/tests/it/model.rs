//! The protocol holds in every history, and each of its rules is needed.

use chaos::model::{Protocol, Rules, lost_states};
use chaos::work::Kind;
use stateright::{Checker, Model};

/// What is broken of the promises, in all histories.
fn broken(kind: Kind, rules: Rules) -> Vec<&'static str> {
    let protocol = Protocol { kind, rules };
    let checker = protocol.checker().spawn_bfs().join();
    assert!(checker.unique_state_count() > 100, "{kind:?} {rules:?}");
    let mut found: Vec<_> = checker
        .discoveries()
        .into_keys()
        .filter(|name| *name != "it ends")
        .collect();
    if !lost_states(protocol).is_empty() {
        found.push("lost");
    }
    found.sort_unstable();
    found
}

#[test]
fn no_history_breaks_a_promise() {
    for kind in Kind::ALL {
        assert_eq!(broken(kind, Rules::Whole), Vec::<&str>::new(), "{kind:?}");
    }
}

#[test]
fn without_the_epoch_a_step_is_completed_twice() {
    for kind in Kind::ALL {
        assert!(
            broken(kind, Rules::NoEpoch).contains(&"one completion"),
            "{kind:?}"
        );
    }
}

#[test]
fn without_a_note_before_sending_a_command_starts_twice() {
    for kind in [Kind::Detached, Kind::Bound] {
        assert_eq!(broken(kind, Rules::NoSentAt), ["one start"], "{kind:?}");
    }
}

#[test]
fn without_a_token_a_detached_command_starts_twice() {
    assert_eq!(broken(Kind::Detached, Rules::NoToken), ["one start"]);
}

#[test]
fn without_recovery_a_step_is_lost() {
    for kind in Kind::ALL {
        assert_eq!(broken(kind, Rules::NoRecovery), ["lost"], "{kind:?}");
    }
}
