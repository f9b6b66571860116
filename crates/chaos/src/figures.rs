//! The table of figures in the README of this crate.

use std::collections::BTreeMap;
use std::fs;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const MARKS: (&str, &str) = ("<!-- figures -->", "<!-- end of figures -->");

/// What a scenario has measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Promise of the design, such as `R1`.
    pub promise: &'static str,
    /// What was done, and what is measured.
    pub what: String,
    /// How often.
    pub trials: usize,
    /// How often a promise was broken.
    pub failures: usize,
    /// What was measured, in seconds; empty if nothing was.
    pub seconds: Vec<f64>,
    /// What the trial was made from.
    pub seed: u64,
}

impl Figure {
    /// The value below which this share of all lies.
    pub fn share(&self, share: f64) -> Option<f64> {
        let mut sorted = self.seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(place.saturating_sub(1)).copied()
    }

    /// Its row in the table.
    pub fn row(&self) -> String {
        let seconds = |share| {
            self.share(share)
                .map_or("-".to_owned(), |value| format!("{value:.2}"))
        };
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.promise,
            self.what,
            self.trials,
            self.failures,
            seconds(0.5),
            seconds(0.99),
            seconds(1.0),
            self.seed,
            load(),
        )
    }
}

/// Average load of the last minute, as it was at the end of the scenario.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("-").to_owned()
}

/// Writes figures into the README; those of other scenarios stay.
///
/// # Panics
/// When the README has no place for them.
pub fn publish(figures: &[Figure]) {
    let text = fs::read_to_string(README).expect("a README");
    fs::write(README, merged(&text, figures)).expect("written");
}

fn merged(text: &str, figures: &[Figure]) -> String {
    let (before, rest) = text.split_once(MARKS.0).expect("a place for figures");
    let (table, after) = rest.split_once(MARKS.1).expect("its end");
    let mut rows: BTreeMap<(u32, String), String> = BTreeMap::new();
    let known = table.lines().filter(|line| line.starts_with("| R"));
    for row in known
        .map(str::to_owned)
        .chain(figures.iter().map(Figure::row))
    {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let number = cells[1].trim_start_matches('R').parse().expect("a promise");
        // Counts in the words differ each time that the same is done.
        let words = cells[2].replace(|c: char| c.is_ascii_digit(), "");
        rows.insert((number, words), row);
    }
    let rows: Vec<_> = rows.into_values().collect();
    format!(
        "{before}{}\n| | done, and what is timed | trials | failures | p50 s | p99 s | max s | seed | load |\n\
         |---|---|---|---|---|---|---|---|---|\n{}\n{}{after}",
        MARKS.0,
        rows.join("\n"),
        MARKS.1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(what: &str, seconds: Vec<f64>) -> Figure {
        Figure {
            promise: "R1",
            what: what.to_owned(),
            trials: 3,
            failures: 0,
            seconds,
            seed: 5,
        }
    }

    #[test]
    fn shares_are_values_that_were_measured() {
        let figure = figure("kills", (1..=100).map(f64::from).collect());
        assert_eq!(figure.share(0.5), Some(50.0));
        assert_eq!(figure.share(0.99), Some(99.0));
        assert_eq!(figure.share(1.0), Some(100.0));
    }

    #[test]
    fn a_new_figure_takes_the_place_of_the_old_one() {
        let text = format!("head\n{}\n{}\ntail", MARKS.0, MARKS.1);
        let once = merged(
            &text,
            &[figure("kills", vec![1.0]), figure("pauses", vec![])],
        );
        let twice = merged(&once, &[figure("kills", vec![2.0])]);
        assert_eq!(twice.matches("| R1 |").count(), 2);
        assert!(twice.contains("| R1 | kills | 3 | 0 | 2.00 |"), "{twice}");
        assert!(twice.starts_with("head\n") && twice.ends_with("\ntail"));
    }

    #[test]
    fn one_that_counts_differently_takes_its_place_as_well() {
        let text = format!("{}\n{}", MARKS.0, MARKS.1);
        let once = merged(&text, &[figure("storm, 97 faults", vec![])]);
        let twice = merged(&once, &[figure("storm, 140 faults", vec![])]);
        assert_eq!(twice.matches("| R1 |").count(), 1);
        assert!(twice.contains("| storm, 140 faults |"), "{twice}");
    }
}
