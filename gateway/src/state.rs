//! What the edge is at the moment, for health answers and metrics.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use common::model::port::MapVersion;
use metrics::gauge;

use crate::services::Address;

/// The state; clones share it.
#[derive(Clone, Debug, Default)]
pub struct EdgeState(Arc<Mutex<Snapshot>>);

/// The state at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Generation that nginx was seen to serve; none while it serves nothing.
    pub served: Option<u64>,
    /// Why the edge is not as desired, if it is not.
    pub drift: Option<String>,
    /// When the certificate expires.
    pub certificate_expires_at: Option<DateTime<Utc>>,
    /// The port map that nginx follows; none if that is not known.
    pub map: Option<MapVersion>,
    /// Where each service is asked, in the order of [`crate::services::SERVICES`].
    pub places: Vec<Address>,
}

impl EdgeState {
    /// The state now.
    pub fn snapshot(&self) -> Snapshot {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes what nginx serves; `None` when it serves nothing.
    pub fn set_served(&self, generation: Option<u64>) {
        self.change(|state| state.served = generation);
        gauge!("gateway_up").set(if generation.is_some() { 1.0 } else { 0.0 });
    }

    /// Notes why the edge is not as desired; `None` when it is.
    pub fn set_drift(&self, reason: Option<String>) {
        gauge!("gateway_drift").set(if reason.is_some() { 1.0 } else { 0.0 });
        self.change(|state| state.drift = reason);
    }

    /// Notes when the certificate expires.
    pub fn set_certificate_expiry(&self, at: DateTime<Utc>) {
        self.change(|state| state.certificate_expires_at = Some(at));
        let seconds = u32::try_from(at.timestamp()).map_or(0.0, f64::from);
        gauge!("gateway_certificate_expires_timestamp_seconds").set(seconds);
    }

    /// The port map that nginx follows; none if that is not known.
    pub fn served_map(&self) -> Option<MapVersion> {
        self.snapshot().map
    }

    /// Notes which port map nginx follows.
    pub fn set_served_map(&self, version: Option<MapVersion>) {
        self.change(|state| state.map = version);
    }

    /// Notes where services are asked.
    pub fn set_places(&self, places: Vec<Address>) {
        self.change(|state| state.places = places);
    }

    /// Whether the edge serves, as the health check asks.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        match self.snapshot() {
            Snapshot {
                served: Some(_), ..
            } => Ok(()),
            Snapshot {
                drift: Some(reason),
                ..
            } => Err(reason),
            Snapshot { drift: None, .. } => Err("nginx does not serve yet".to_owned()),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
