//! Moves of services that know one call, `update-port`: told at the old port, proved at the new one.

use super::course::{Course, Halt};
use super::place_of;
use crate::app::App;
use crate::domain::health::Verdict;
use crate::domain::record::Phase;
use crate::probe::{Place, Refusal};

/// Looks at the new port before a move has failed.
const LOOKS: u32 = 50;

/// Does what the next phase needs.
///
/// # Errors
/// When it cannot be done.
pub(super) async fn advance(app: &App, course: &mut Course) -> Result<Phase, Halt> {
    let old = place_of(app, &course.suite, &course.service, course.step.from);
    let new = old.on(course.step.to);
    match course.step.phase {
        Phase::Staged => tell(app, &old, &new).await,
        Phase::Bound => prove(app, course, (&old, &new)).await,
        // It has no port map that is switched, and closes the old port by itself.
        Phase::Healthy | Phase::Switched | Phase::Drained | Phase::Committed => {
            Ok(Phase::Committed)
        }
        Phase::RollingBack | Phase::RolledBack => Ok(Phase::RolledBack),
    }
}

/// Tells the service at its old port, unless it was told already and is gone from there.
async fn tell(app: &App, old: &Place, new: &Place) -> Result<Phase, Halt> {
    let at = app.clock.now().timestamp();
    match app.probe.update_port(old, new.port, at).await {
        Ok(()) => Ok(Phase::Bound),
        Err(Refusal::NotRunning) if is_itself(app, new).await => Ok(Phase::Bound),
        Err(Refusal::NotRunning) => Err(Halt::Fault(
            "it went away before it could be told".to_owned(),
        )),
        Err(Refusal::Failed(why)) => Err(Halt::Fault(format!("when told to move, {why}"))),
    }
}

/// Whether the service answers at a place with its own name.
async fn is_itself(app: &App, place: &Place) -> bool {
    let check = app.probe.health(place).await;
    check.verdict != Verdict::Bad && check.identity.as_deref() == Some(&place.name)
}

/// Has it answer well at the new port, several times; otherwise it is told to go back.
async fn prove(app: &App, course: &Course, (old, new): (&Place, &Place)) -> Result<Phase, Halt> {
    let Some(last) = course.find_unproved(app, new, LOOKS).await? else {
        return Ok(Phase::Healthy);
    };
    // Whoever did listen there is told to go back; the service may not have moved at all.
    let at = app.clock.now().timestamp();
    let _returned = app.probe.update_port(new, old.port, at).await;
    let check = app.probe.health(old).await;
    let state = if check.verdict == Verdict::Bad {
        "answers on neither port"
    } else {
        "answers on the old port still"
    };
    Err(Halt::Fault(format!(
        "it said that it moved, but port {} {last}; it {state}",
        new.port
    )))
}
