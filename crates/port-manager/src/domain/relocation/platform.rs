//! Moves of our own services: each opens the new port beside the old one, the gateways switch, and the old
//! port is drained. Not one request fails.

use std::num::NonZeroU16;
use std::time::Duration;

use clients::http::ClientError;
use clients::listeners::ListenersClient;
use common::model::port::{ListenerReport, PortOrder, Stage};
use tokio::time::{Instant, sleep, timeout};

use super::course::{Course, Halt};
use super::place_of;
use crate::app::App;
use crate::domain::record::{ListenerId, Phase};
use crate::store;

/// Looks at a new port before it counts as unhealthy.
const LOOKS: u32 = 30;
/// Longest wait for a service that starts again.
const START_LIMIT: Duration = Duration::from_secs(10);
/// Longest wait for a drain; longer than a service takes for it at most.
const DRAIN_LIMIT: Duration = Duration::from_secs(90);
/// Longest wait for a new port to be closed again.
const CLOSE_LIMIT: Duration = Duration::from_secs(15);
/// Pause between two looks at a drain, and at gateways that nobody has heard of meanwhile.
const LOOK: Duration = Duration::from_millis(50);
/// How often the lead is kept meanwhile.
const RENEWAL: Duration = Duration::from_secs(2);

/// Does what the next phase needs.
///
/// # Errors
/// When it cannot be done.
pub(super) async fn advance(
    app: &App,
    course: &mut Course,
    name: &'static str,
) -> Result<Phase, Halt> {
    match course.step.phase {
        Phase::Staged => bind(app, course, name).await,
        Phase::Bound => prove(app, course, name).await,
        Phase::Healthy => switch(app, course).await,
        Phase::Switched => drain(app, course, name).await,
        Phase::RollingBack => return_to_old(app, course, name).await,
        Phase::Drained | Phase::Committed => Ok(Phase::Committed),
        Phase::RolledBack => Ok(Phase::RolledBack),
    }
}

/// Talks to the service at one of its ports.
fn client(app: &App, course: &Course, name: &'static str, port: u16) -> ListenersClient {
    let base = place_of(app, &course.suite, &course.service, port).url("");
    ListenersClient::new(app.http.clone(), base.as_str(), name, app.tokens.clone())
}

fn order(course: &Course) -> Result<PortOrder, Halt> {
    let port = NonZeroU16::new(course.step.to);
    let port = port.ok_or_else(|| Halt::Fault("there is no port 0".to_owned()))?;
    Ok(PortOrder {
        epoch: course.step.epoch,
        port,
    })
}

fn fault(doing: &'static str) -> impl Fn(ClientError) -> Halt {
    move |error| Halt::Fault(format!("{doing}, {error}"))
}

/// Has the service listen on the new port.
async fn bind(app: &App, course: &mut Course, name: &'static str) -> Result<Phase, Halt> {
    let (from, to) = (course.step.from, course.step.to);
    let service = client(app, course, name, from);
    let begun = Instant::now();
    let report = loop {
        match service.prepare(order(course)?).await {
            Ok(report) => break report,
            // It may be about to start again.
            Err(ClientError::Unavailable { .. }) if begun.elapsed() < START_LIMIT => {
                course.renew(app).await?;
                sleep(LOOK * 4).await;
            }
            Err(error) => return Err(fault("when it was told to listen there")(error)),
        }
    };
    let old = report.at(from).map(|listening| ListenerId {
        instance: report.instance.clone(),
        generation: listening.generation,
    });
    if report.at(to).is_none() {
        return Err(Halt::Fault(format!("it does not listen on port {to}")));
    }
    course.step.old_listener = old;
    Ok(Phase::Bound)
}

/// Has the same process answer well at the new port, several times.
async fn prove(app: &App, course: &mut Course, name: &'static str) -> Result<Phase, Halt> {
    let place = place_of(app, &course.suite, &course.service, course.step.to);
    // Once more, for a service that has started again since; another one changes nothing.
    bind(app, course, name).await?;
    let service = client(app, course, name, course.step.to);
    if let Some(last) = course.find_unproved(app, &place, LOOKS).await? {
        return Err(Halt::Fault(format!("at port {} it {last}", place.port)));
    }
    let report = service.report().await;
    let report = report.map_err(fault("when it was asked at the new port"))?;
    match &course.step.old_listener {
        Some(old) if old.instance != report.instance => {
            Err(Halt::Fault("it started again meanwhile".to_owned()))
        }
        Some(_) | None => Ok(Phase::Healthy),
    }
}

/// Waits until every gateway follows the map, which leads to the new port by now.
async fn switch(app: &App, course: &Course) -> Result<Phase, Halt> {
    let begun = Instant::now();
    let mut renewed = begun;
    loop {
        let heard = app.switched.notified();
        let (alive, behind) = {
            let mut conn = app.store.acquire().await?;
            store::gateways::list_behind(&mut conn, course.revision).await?
        };
        let is_missing = alive == 0 && app.config.gateway_url.is_some();
        if behind.is_empty() && !is_missing {
            return Ok(Phase::Switched);
        }
        if begun.elapsed() > app.config.switch_limit {
            return Err(Halt::Fault(if is_missing {
                "no gateway follows the port map".to_owned()
            } else {
                format!("gateway {} does not follow the port map", behind.join(", "))
            }));
        }
        if renewed.elapsed() > RENEWAL {
            course.renew(app).await?;
            renewed = Instant::now();
        }
        // Nobody may have heard of it: another process can have.
        let _elapsed = timeout(LOOK, heard).await;
    }
}

/// Has the service give up the old port, and waits until it has.
async fn drain(app: &App, course: &mut Course, name: &'static str) -> Result<Phase, Halt> {
    let service = client(app, course, name, course.step.to);
    let order = order(course)?;
    let (begun, mut renewed) = (Instant::now(), Instant::now());
    // Told until it is heard: it may be starting again, and comes to the new port then.
    while let Err(error) = service.commit(order).await {
        if begun.elapsed() > DRAIN_LIMIT {
            return Err(fault("when it was told to leave the old port")(error));
        }
        course.renew(app).await?;
        sleep(LOOK * 4).await;
    }
    while begun.elapsed() < DRAIN_LIMIT {
        if let Ok(report) = service.report().await
            && is_drained(course, &report)
        {
            return Ok(Phase::Drained);
        }
        if renewed.elapsed() > RENEWAL {
            course.renew(app).await?;
            renewed = Instant::now();
        }
        sleep(LOOK).await;
    }
    // It listens on both: the new one is the one that is used.
    course.step.fault = Some("the old port was not closed in time".to_owned());
    Ok(Phase::Drained)
}

/// Whether the old listener is gone; what it cost is noted, if that is known.
fn is_drained(course: &mut Course, report: &ListenerReport) -> bool {
    let count = |number| u32::try_from(number).ok();
    let old = course.step.old_listener.as_ref();
    let old = old.filter(|old| old.instance == report.instance);
    let found = old.and_then(|old| {
        let mut drained = report.drained.iter();
        drained.find(|one| one.generation == old.generation)
    });
    if let Some(one) = found {
        course.step.certificate.in_flight_at_switch = count(one.in_flight_at_switch);
        course.step.certificate.lost = count(one.lost);
        return true;
    }
    // Another process than the one that had the old listener tells nothing of it.
    report.at(course.step.from).is_none()
}

/// Leads everybody back to the old port, and has the new one closed.
async fn return_to_old(app: &App, course: &mut Course, name: &'static str) -> Result<Phase, Halt> {
    if course.step.healthy_at.is_some() {
        // Who does not follow now finds the old port open, and the new one until nobody asks there.
        match Box::pin(switch(app, course)).await {
            Ok(_) | Err(Halt::Fault(_)) => {}
            Err(halt) => return Err(halt),
        }
    }
    let service = client(app, course, name, course.step.from);
    let order = order(course)?;
    let begun = Instant::now();
    loop {
        let report = service.abort(order).await;
        let is_open = report.map(|report| {
            let new = report.at(course.step.to);
            new.is_some_and(|new| new.stage != Stage::Draining)
        });
        // A process that is gone has closed everything.
        if !matches!(is_open, Ok(true)) || begun.elapsed() > CLOSE_LIMIT {
            return Ok(Phase::RolledBack);
        }
        course.renew(app).await?;
        sleep(LOOK * 4).await;
    }
}
