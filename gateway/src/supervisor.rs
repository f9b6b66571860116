//! Keeps one nginx running on the newest configuration that it accepts.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

use common::clock::Clock;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::config::Config;
use crate::error::Error;
use crate::generation::Generations;
use crate::nginx::{Nginx, Running};
use crate::probe::Probe;
use crate::render::Files;
use crate::state::EdgeState;

/// Wait before the first restart of an nginx that ended; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// An nginx that ran this long starts again without a longer pause.
const STEADY: Duration = Duration::from_secs(60);
/// How long a refused configuration is left alone; a port that was held may be free then.
const REFUSAL_PAUSE: Duration = Duration::from_secs(60);
/// Part of the drain time that is left for ending an nginx that does not finish.
const STOP_MARGIN: Duration = Duration::from_secs(4);
/// Size at which the access log is put aside, in bytes; one old log is kept.
const MAX_LOG_BYTES: u64 = 64 << 20;

/// The loop's own state: nobody else touches nginx or its files.
pub struct Supervisor {
    config: Config,
    clock: Clock,
    generations: Generations,
    nginx: Nginx,
    probe: Probe,
    state: EdgeState,
    running: Option<Child>,
    refused: Option<Refusal>,
    pause: Duration,
}

struct Child {
    nginx: Running,
    started_at: Instant,
}

struct Refusal {
    /// The refused files, numbered 0, so that the next attempt compares equal.
    files: Files,
    until: Instant,
    reason: String,
}

impl Supervisor {
    /// Ends an nginx that an earlier gateway left behind.
    ///
    /// # Errors
    /// When the state folder cannot be used or nginx cannot be run.
    pub async fn prepare(
        mut config: Config,
        clock: Clock,
        client: reqwest::Client,
        state: EdgeState,
    ) -> Result<Self, Error> {
        let nginx = Nginx::new(config.nginx.clone(), config.edge.run_dir.clone());
        config.edge.features = nginx.features().await?;
        let generations = Generations::open(config.state_dir.join("nginx"))?;
        nginx.end_left_behind().await;
        if config.edge.worker_user.as_deref() == Some("root") {
            warn!("nginx workers run as root: others may not enter the folders they serve from");
        }
        let probe = Probe::new(client, config.edge.admin_port);
        Ok(Self {
            config,
            clock,
            generations,
            nginx,
            probe,
            state,
            running: None,
            refused: None,
            pause: FIRST_PAUSE,
        })
    }

    /// One round: render, test, swap, start or reload, confirm. Safe to repeat.
    ///
    /// # Errors
    /// Why the edge is not as desired; what served before goes on serving.
    pub async fn reconcile(&mut self) -> Result<(), Error> {
        let outcome = self.apply().await;
        self.rotate_log();
        let served = self.probe.served().await.filter(|_| self.is_alive());
        self.state.set_served(served);
        self.state
            .set_drift(outcome.as_ref().err().map(ToString::to_string));
        outcome
    }

    /// Waits until nginx ends without being told to; then pauses before the next round.
    pub async fn lost(&mut self) {
        let Some(child) = &mut self.running else {
            return std::future::pending().await;
        };
        let how = child.nginx.ended().await;
        if child.started_at.elapsed() > STEADY {
            self.pause = FIRST_PAUSE;
        }
        self.running = None;
        self.state.set_served(None);
        metrics::counter!("gateway_nginx_exits_total").increment(1);
        error!(
            "nginx ended ({how}) and is started again in {:?}",
            self.pause
        );
    }

    /// Waits as long as an nginx that ended should not be started again.
    pub async fn rest(&mut self) {
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    /// Whether nginx is there, as far as is known.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Stops nginx when its open requests are done, at the latest after the drain time.
    pub async fn stop(&mut self) {
        self.state.set_served(None);
        if let Some(child) = self.running.take() {
            child
                .nginx
                .quit(self.config.common.drain.saturating_sub(STOP_MARGIN))
                .await;
        }
    }

    async fn apply(&mut self) -> Result<(), Error> {
        let current = self.generations.current();
        let outcome = match self.renewed(current) {
            Ok(None) => Ok(()),
            Ok(Some(files)) => self.replace(current, files).await,
            Err(error) => Err(error),
        };
        // Whatever came of it: the configuration in use has to be served.
        if let Some(number) = self.generations.current() {
            self.serve(number).await?;
        }
        outcome
    }

    /// The desired files, numbered 0, unless generation `current` holds them already.
    fn renewed(&mut self, current: Option<u64>) -> Result<Option<Files>, Error> {
        let tls = self
            .config
            .certificate
            .current(self.clock.now(), &self.config.host_name)?;
        self.state.set_certificate_expiry(tls.expires_at);
        let render = |number| {
            let mut files = self.config.templates.render(&self.config.edge, number)?;
            files.insert("tls.crt".to_owned(), tls.certificate.clone());
            files.insert("tls.key".to_owned(), tls.key.clone());
            Ok::<Files, Error>(files)
        };
        if let Some(number) = current
            && self.generations.holds(number, &render(number)?)
        {
            return Ok(None);
        }
        render(0).map(Some)
    }

    async fn replace(&mut self, current: Option<u64>, unnumbered: Files) -> Result<(), Error> {
        if let Some(refusal) = &self.refused
            && refusal.files == unnumbered
            && Instant::now() < refusal.until
        {
            return Err(Error::LeftAlone(refusal.reason.clone()));
        }
        let number = self.generations.next();
        let tls = unnumbered
            .iter()
            .filter(|(path, _)| path.starts_with("tls."));
        let mut files = self.config.templates.render(&self.config.edge, number)?;
        files.extend(tls.map(|(path, text)| (path.clone(), text.clone())));
        let outcome = self.try_generation(number, current, &files).await;
        if let Err(error) = &outcome {
            self.generations.remove(number);
            warn!("Generation {number} is not used: {error}");
            metrics::counter!("gateway_refused_total").increment(1);
            let (until, reason) = (Instant::now() + REFUSAL_PAUSE, error.to_string());
            self.refused = Some(Refusal {
                files: unnumbered,
                until,
                reason,
            });
        }
        outcome
    }

    async fn try_generation(
        &mut self,
        number: u64,
        current: Option<u64>,
        files: &Files,
    ) -> Result<(), Error> {
        self.generations.write(number, files)?;
        self.nginx.test(&self.generations.file(number)).await?;
        self.generations.switch(number)?;
        if let Err(error) = self.serve(number).await {
            if let Some(current) = current {
                self.generations.switch(current)?;
            }
            return Err(error);
        }
        self.refused = None;
        self.generations.prune();
        info!(generation = number, "nginx serves generation {number}");
        Ok(())
    }

    /// Starts or reloads nginx until it serves generation `number`.
    async fn serve(&mut self, number: u64) -> Result<(), Error> {
        if !self.is_alive() {
            self.running = None;
            let nginx = self.nginx.start(&self.generations.current_file())?;
            self.running = Some(Child {
                nginx,
                started_at: Instant::now(),
            });
        } else if self.probe.served().await == Some(number) {
            return Ok(());
        } else if let Some(child) = &self.running {
            child.nginx.reload();
            metrics::counter!("gateway_reloads_total").increment(1);
        }
        let running = &mut self.running;
        let alive = || running.as_mut().is_some_and(|child| child.nginx.is_alive());
        if self.probe.confirm(number, alive).await {
            Ok(())
        } else {
            Err(Error::NotServed(number))
        }
    }

    fn is_alive(&mut self) -> bool {
        self.running
            .as_mut()
            .is_some_and(|child| child.nginx.is_alive())
    }

    fn rotate_log(&self) {
        let (Some(path), Some(child)) = (&self.config.edge.access_log, &self.running) else {
            return;
        };
        let is_full = fs::metadata(path).is_ok_and(|found| found.len() > MAX_LOG_BYTES);
        if is_full && fs::rename(path, path.with_extension("log.1")).is_ok() {
            child.nginx.reopen_logs();
        }
    }
}

/// Makes the folders of the state.
///
/// # Errors
/// When one cannot be made.
pub fn make_folders(config: &Config) -> Result<(), Error> {
    let make = |folder: &Path, mode| {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(mode)
            .create(folder)
            .map_err(Error::file("create", folder))
    };
    // Workers, which may be another user, pass through these two to their temporary files.
    make(&config.state_dir, 0o711)?;
    make(&config.edge.run_dir, 0o711)?;
    match config.edge.access_log.as_deref().and_then(Path::parent) {
        Some(folder) => make(folder, 0o700),
        None => Ok(()),
    }
}
