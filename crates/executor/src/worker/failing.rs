//! Places where the chaos harness makes the process fail; empty without the feature `failpoints`.

/// Goes on, unless `FAILPOINTS` names the place: `return` aborts, `return(stop)` stands still.
#[cfg(feature = "failpoints")]
pub(super) fn pass(place: &'static str) {
    fail::fail_point!(place, |wish: Option<String>| {
        if wish.as_deref() != Some("stop") {
            std::process::abort();
        }
        let process = std::process::id().to_string();
        // A process that cannot be stopped goes on, and the test says so.
        let _stopped = std::process::Command::new("kill")
            .args(["-STOP", &process])
            .status();
        // The signal takes a moment to reach every thread.
        #[expect(clippy::disallowed_methods, reason = "the process stands still anyway")]
        std::thread::sleep(std::time::Duration::from_millis(100));
    });
}

#[cfg(not(feature = "failpoints"))]
pub(super) const fn pass(_place: &'static str) {}
