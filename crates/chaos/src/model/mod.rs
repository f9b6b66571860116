//! Claim, lease and epoch as a state machine without time: one step, two executors.
//!
//! Whoever does nothing for a while stands still, so pauses need no action of their own. Crashes,
//! lost messages and leases that end under a living executor are faults, of which there are a few.

mod lost;

use stateright::{Model, Property};

use crate::work::Kind;

pub use lost::lost_states;

/// Faults in one history.
const FAULTS: u8 = 4;

/// The protocol, or what is left of it without one of its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// All of them.
    Whole,
    /// Any result is taken, whoever brings it.
    NoEpoch,
    /// Nobody writes down that a command is about to be sent.
    NoSentAt,
    /// A target starts a detached command as often as it is told to.
    NoToken,
    /// A lease that ended is not looked at.
    NoRecovery,
}

/// The protocol for a step of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// What may be done with the step.
    pub kind: Kind,
    /// Which rules hold.
    pub rules: Rules,
}

/// Where the step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Anybody may claim it.
    Ready,
    /// Somebody has claimed it.
    Claimed,
    /// A person has to look.
    Unknown,
    /// Over.
    Final,
}

/// What one executor knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Executor {
    /// Nothing: it was killed.
    Down,
    /// It holds no claim that it knows of.
    Idle,
    /// It holds a claim; with a token, the command was launched before and is followed.
    Claimed(u8, Option<u8>),
    /// The database let it send.
    Cleared(u8, Option<u8>),
    /// It has a result, or knows that it will have none.
    Over(u8, bool),
}

/// Everything there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    status: Status,
    epoch: u8,
    holder: usize,
    has_lease: bool,
    is_sent: bool,
    token: Option<u8>,
    executors: [Executor; 2],
    /// Tokens that were given out; bits of those that started a command, or never will.
    tokens: u8,
    started: u8,
    burned: u8,
    starts: u8,
    accepted: u8,
    faults: u8,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An executor takes the step.
    Claim(usize),
    /// The step is taken, the answer is lost.
    ClaimUnheard(usize),
    /// The lease is renewed.
    Renew(usize),
    /// The lease ends.
    Expire,
    /// A step without lease is taken back.
    Recover,
    /// The database is asked whether the command may be sent, and writes it down.
    Mark(usize),
    /// The command is sent.
    Launch(usize),
    /// The command is sent, the answer is lost.
    LaunchUnheard(usize),
    /// The command is lost on its way.
    LaunchLost(usize),
    /// The target is asked about a command.
    Follow(usize),
    /// The result is written.
    Finish(usize),
    /// The result is written, the answer is lost.
    FinishUnheard(usize),
    /// An executor is killed.
    Crash(usize),
    /// A new one takes its place.
    Restart(usize),
}

impl State {
    fn holds(&self, who: usize, epoch: u8) -> bool {
        self.status == Status::Claimed && self.holder == who && self.epoch == epoch
    }

    /// Whether the holder of the claim works on it.
    fn is_tended(&self) -> bool {
        match self.executors[self.holder] {
            Executor::Down | Executor::Idle => false,
            Executor::Claimed(epoch, _)
            | Executor::Cleared(epoch, _)
            | Executor::Over(epoch, _) => epoch == self.epoch,
        }
    }

    /// Whether nothing more has to happen by itself.
    pub fn is_settled(&self) -> bool {
        matches!(self.status, Status::Final | Status::Unknown)
    }
}

impl Protocol {
    fn claim(self, state: &mut State, who: usize) -> Executor {
        state.status = Status::Claimed;
        state.epoch += 1;
        state.holder = who;
        state.has_lease = true;
        state.is_sent = state.is_sent && state.token.is_some();
        Executor::Claimed(state.epoch, state.token)
    }

    fn recover(self, state: &mut State) {
        let is_safe = !state.is_sent || state.token.is_some() || self.kind == Kind::Idempotent;
        state.status = if is_safe {
            Status::Ready
        } else {
            Status::Unknown
        };
    }

    fn mark(self, state: &mut State, who: usize, epoch: u8) -> Executor {
        if !(state.holds(who, epoch) && state.has_lease) {
            return Executor::Idle;
        }
        state.token = (self.kind == Kind::Detached).then_some(state.tokens);
        state.tokens += u8::from(state.token.is_some());
        if self.rules == Rules::NoSentAt {
            state.token = None;
            return Executor::Cleared(epoch, state.tokens.checked_sub(1));
        }
        state.is_sent = true;
        Executor::Cleared(epoch, state.token)
    }

    /// What a target does with a command that arrives; what the executor hears.
    fn launch(self, state: &mut State, epoch: u8, token: Option<u8>) -> Executor {
        let Some(token) = token else {
            state.starts += 1;
            return Executor::Over(epoch, true);
        };
        if self.rules != Rules::NoToken && (state.started | state.burned) & (1 << token) != 0 {
            return Executor::Claimed(epoch, None);
        }
        state.started |= 1 << token;
        state.starts += 1;
        Executor::Over(epoch, true)
    }

    fn follow(self, state: &mut State, epoch: u8, token: u8) -> Executor {
        if self.rules == Rules::NoToken {
            return self.launch(state, epoch, Some(token));
        }
        if state.started & (1 << token) != 0 {
            return Executor::Over(epoch, true);
        }
        state.burned |= 1 << token;
        Executor::Claimed(epoch, None)
    }

    /// What is known of a command whose launch was not answered.
    fn unheard(epoch: u8, token: Option<u8>) -> Executor {
        token.map_or(Executor::Over(epoch, false), |token| {
            Executor::Claimed(epoch, Some(token))
        })
    }

    fn finish(self, state: &mut State, who: usize, (epoch, is_known): (u8, bool)) {
        if !state.holds(who, epoch) && self.rules != Rules::NoEpoch {
            return;
        }
        if is_known {
            state.status = Status::Final;
            state.accepted += 1;
        } else if self.kind == Kind::Idempotent {
            state.status = Status::Ready;
        } else {
            state.status = Status::Unknown;
        }
    }

    fn actions_of(state: &State, who: usize, actions: &mut Vec<Action>) {
        let may_fail = state.faults < FAULTS;
        match state.executors[who] {
            Executor::Down => actions.push(Action::Restart(who)),
            Executor::Idle if state.status == Status::Ready => {
                actions.extend([Action::Claim(who), Action::ClaimUnheard(who)]);
            }
            Executor::Idle => {}
            Executor::Claimed(_, Some(_)) => actions.push(Action::Follow(who)),
            Executor::Claimed(_, None) => actions.push(Action::Mark(who)),
            Executor::Cleared(..) => actions.extend([
                Action::Launch(who),
                Action::LaunchUnheard(who),
                Action::LaunchLost(who),
            ]),
            Executor::Over(..) => {
                actions.extend([Action::Finish(who), Action::FinishUnheard(who)]);
            }
        }
        if state.executors[who] != Executor::Down {
            actions.extend([Action::Renew(who), Action::Crash(who)]);
        }
        actions.retain(|action| may_fail || !is_fault(state, *action));
    }

    fn act(self, state: &mut State, who: usize, action: Action) -> Executor {
        let before = state.executors[who];
        match (action, before) {
            (Action::Claim(_), _) => self.claim(state, who),
            (Action::ClaimUnheard(_), _) => {
                self.claim(state, who);
                Executor::Idle
            }
            (
                Action::Renew(_),
                Executor::Claimed(epoch, _)
                | Executor::Cleared(epoch, _)
                | Executor::Over(epoch, _),
            ) => {
                state.has_lease |= state.holds(who, epoch);
                before
            }
            (Action::Mark(_), Executor::Claimed(epoch, _)) => self.mark(state, who, epoch),
            (Action::Launch(_), Executor::Cleared(epoch, token)) => {
                self.launch(state, epoch, token)
            }
            (Action::LaunchUnheard(_), Executor::Cleared(epoch, token)) => {
                self.launch(state, epoch, token);
                Self::unheard(epoch, token)
            }
            (Action::LaunchLost(_), Executor::Cleared(epoch, token)) => Self::unheard(epoch, token),
            (Action::Follow(_), Executor::Claimed(epoch, Some(token))) => {
                self.follow(state, epoch, token)
            }
            (Action::Finish(_), Executor::Over(epoch, is_known)) => {
                self.finish(state, who, (epoch, is_known));
                Executor::Idle
            }
            (Action::FinishUnheard(_), Executor::Over(epoch, is_known)) => {
                self.finish(state, who, (epoch, is_known));
                before
            }
            (Action::Crash(_), _) => Executor::Down,
            (Action::Restart(_), _) => Executor::Idle,
            (_, _) => before,
        }
    }
}

/// Whether it is one of the few faults of a history.
fn is_fault(state: &State, action: Action) -> bool {
    match action {
        Action::ClaimUnheard(_)
        | Action::LaunchUnheard(_)
        | Action::LaunchLost(_)
        | Action::FinishUnheard(_)
        | Action::Crash(_) => true,
        Action::Expire => state.is_tended(),
        Action::Claim(_)
        | Action::Renew(_)
        | Action::Recover
        | Action::Mark(_)
        | Action::Launch(_)
        | Action::Follow(_)
        | Action::Finish(_)
        | Action::Restart(_) => false,
    }
}

fn actor(action: Action) -> Option<usize> {
    match action {
        Action::Claim(who)
        | Action::ClaimUnheard(who)
        | Action::Renew(who)
        | Action::Mark(who)
        | Action::Launch(who)
        | Action::LaunchUnheard(who)
        | Action::LaunchLost(who)
        | Action::Follow(who)
        | Action::Finish(who)
        | Action::FinishUnheard(who)
        | Action::Crash(who)
        | Action::Restart(who) => Some(who),
        Action::Expire | Action::Recover => None,
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            status: Status::Ready,
            epoch: 0,
            holder: 0,
            has_lease: false,
            is_sent: false,
            token: None,
            executors: [Executor::Idle; 2],
            tokens: 0,
            started: 0,
            burned: 0,
            starts: 0,
            accepted: 0,
            faults: 0,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for who in [0, 1] {
            let mut own = Vec::new();
            Self::actions_of(state, who, &mut own);
            actions.append(&mut own);
        }
        if state.status != Status::Claimed {
            return;
        }
        if state.has_lease && (state.faults < FAULTS || !is_fault(state, Action::Expire)) {
            actions.push(Action::Expire);
        }
        if !state.has_lease && self.rules != Rules::NoRecovery {
            actions.push(Action::Recover);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = *last;
        state.faults += u8::from(is_fault(last, action));
        match actor(action) {
            Some(who) => state.executors[who] = self.act(&mut state, who, action),
            None if action == Action::Expire => state.has_lease = false,
            None => self.recover(&mut state),
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("one completion", |_: &Self, state: &State| {
                state.accepted <= 1
            }),
            Property::always("one start", |protocol: &Self, state: &State| {
                state.starts <= 1 || protocol.kind == Kind::Idempotent
            }),
            Property::always("done is done", |_: &Self, state: &State| {
                state.accepted == 0 || state.starts > 0
            }),
            Property::sometimes("it ends", |_: &Self, state: &State| {
                state.status == Status::Final
            }),
        ]
    }
}
