//! Secret parameters of the runs that this executor works on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use common::id::StepId;
use common::model::credential::ReleaseParcel;
use tokio::sync::OnceCell;

use super::access::Wanted;
use super::attempt::Attempt;
use crate::domain::known::{self, Known, Secrets};
use crate::domain::outcome::Verdict;

/// What was not released, in words.
const WANTED: Wanted = Wanted {
    subject: "The secret parameters of the run were",
    refused: "parameters_refused",
    unavailable: "parameters_unavailable",
};

/// One place for each run; a place is wiped with the last step that holds it.
#[derive(Default)]
pub(super) struct Parcels(Mutex<HashMap<i64, Weak<OnceCell<Secrets>>>>);

impl Parcels {
    fn of_run(&self, run_id: i64) -> Arc<OnceCell<Secrets>> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(&run_id).and_then(Weak::upgrade) {
            return place;
        }
        places.retain(|_run, place| place.strong_count() > 0);
        let place = Arc::default();
        places.insert(run_id, Arc::downgrade(&place));
        place
    }
}

impl Attempt<'_> {
    /// Adds the secret parameters of the run, if it has any: released once for all of its steps
    /// that are held at a time.
    pub(super) async fn open_parcel(&self, known: &mut Known) -> Result<(), Verdict> {
        if !known::has_secrets(self.claim) {
            return Ok(());
        }
        let place = self.worker.parcels.of_run(self.claim.run_id);
        let fetched = place.get_or_try_init(|| async {
            let request = ReleaseParcel {
                step_id: StepId(self.claim.step_id),
                epoch: self.claim.epoch,
                worker: self.worker.id.clone(),
            };
            let released = self.worker.credentials.release_parcel(&request).await;
            released.map(|parcel| parcel.values)
        });
        if let Err(error) = fetched.await {
            return Err(self.not_released(&WANTED, &error));
        }
        known.parcel = Some(place);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_a_run_share_a_place_that_goes_with_the_last_of_them() {
        let parcels = Parcels::default();
        let first = parcels.of_run(1);
        let second = parcels.of_run(1);
        assert!(Arc::ptr_eq(&first, &second));
        assert!(!Arc::ptr_eq(&first, &parcels.of_run(2)));
        first.set(Secrets::new()).unwrap();
        drop(first);
        assert!(parcels.of_run(1).initialized());
        drop(second);
        assert!(!parcels.of_run(1).initialized());
        assert_eq!(parcels.0.lock().unwrap().len(), 1);
    }
}
