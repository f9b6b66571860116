//! What a program does with its port by itself: start anew on it, or leave it where nobody leads.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::model::port::Stage;

use super::{Listeners, quiet};
use crate::error::ApiError;
use crate::reconcile::Hint;

impl Listeners {
    /// Lets the program be told to start anew; ends when it is.
    pub(crate) fn offer_restart(&self) -> Hint {
        self.0.restart.get_or_init(Hint::default).clone()
    }

    /// Has the program start anew, soon after this.
    ///
    /// # Errors
    /// 409 where the program cannot.
    pub(crate) fn ask_restart(&self) -> Result<(), ApiError> {
        let text = "this process cannot start itself again; its supervisor can";
        let asked = self.0.restart.get();
        asked
            .map(Hint::give)
            .ok_or_else(|| ApiError::conflict("service.no_restart", text))
    }

    /// Takes no more connections, finishes what is open, and keeps the socket for the program that comes;
    /// connections wait in it.
    pub(crate) async fn hand_over(&self) -> io::Result<TcpListener> {
        let open: Vec<_> = {
            let state = self.state();
            let open = state.open.iter();
            open.map(|one| (Arc::clone(&one.mark), one.handle.clone()))
                .collect()
        };
        for (mark, handle) in &open {
            handle.pause().await;
            mark.retire();
        }
        for (mark, _handle) in &open {
            quiet::settle(mark, self.0.limit).await;
        }
        let state = self.state();
        let serving = state.open.iter().find(|one| one.stage == Stage::Serving);
        let serving = serving.ok_or_else(|| io::Error::other("no port is open"))?;
        serving.spare.try_clone()
    }

    /// Notes whether the port map says where this process listens.
    pub(crate) fn set_led(&self, is_led: bool) {
        self.0.is_led.store(is_led, Ordering::SeqCst);
    }

    /// Moves from one port to another at once, where nobody else leads.
    ///
    /// # Errors
    /// 400 if it is not at `old`; 409 if the port map leads it, or the port is taken.
    pub async fn move_alone(&self, old: u16, new: u16) -> Result<(), ApiError> {
        if self.0.is_led.load(Ordering::SeqCst) {
            let text = "the port map says where this service listens; move it with POST /api/ports/reassign";
            return Err(ApiError::conflict("ports.led", text));
        }
        let (epoch, stage) = {
            let state = self.state();
            (state.epoch, state.stage_of(old))
        };
        if stage != Some(Stage::Serving) {
            let text = format!("the service does not listen on port {old}");
            return Err(ApiError::bad_request("ports.not_here", text));
        }
        self.prepare(epoch, new).await?;
        self.commit(epoch, new).map(drop)
    }
}
