//! The long run: every scenario, and the table of figures in the README.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::path::PathBuf;
use std::process::ExitCode;

use chaos::figures;
use chaos::scenario::{Scenario, Trial};
use clap::Parser;

/// Breaks a platform on purpose, and measures what its promises are worth.
#[derive(Parser)]
struct Arguments {
    /// What everything random is made from; the same seed does the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long the storm lasts.
    #[arg(long, default_value_t = 5)]
    minutes: usize,
    /// Tenths of the usual number of rounds of the other scenarios.
    #[arg(long, default_value_t = 10)]
    tenths: usize,
    /// Whether the figures go into the README of the crate.
    #[arg(long)]
    publish: bool,
    /// Another program for the executors, such as the one that is delivered.
    #[arg(long)]
    executor: Option<PathBuf>,
    /// Which scenarios; all if none is named.
    scenarios: Vec<String>,
}

impl Arguments {
    fn program(&self) -> std::io::Result<PathBuf> {
        match &self.executor {
            Some(program) => program.canonicalize(),
            None => Ok(std::env::current_exe()?.with_file_name("chaos-executor")),
        }
    }

    fn wants(&self, scenario: Scenario) -> bool {
        let name = scenario.name();
        self.scenarios.is_empty() || self.scenarios.iter().any(|wanted| wanted == name)
    }

    fn rounds(&self, scenario: Scenario) -> usize {
        if scenario == Scenario::Storm {
            return self.minutes * 6;
        }
        (scenario.rounds() * self.tenths).div_ceil(10)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let names = Scenario::ALL.map(Scenario::name);
    let unknown = |name: &&String| !names.contains(&name.as_str());
    if let Some(name) = arguments.scenarios.iter().find(unknown) {
        anyhow::bail!(
            "there is no scenario {name}; there are: {}",
            names.join(", ")
        );
    }
    let program = arguments.program()?;
    let (mut failures, seed) = (0, arguments.seed);
    for scenario in Scenario::ALL
        .into_iter()
        .filter(|one| arguments.wants(*one))
    {
        let rounds = arguments.rounds(scenario);
        println!("{} ({rounds} rounds, seed {seed})", scenario.name());
        let trial = Trial {
            program: &program,
            seed,
            rounds,
        };
        let found = Box::pin(scenario.run(trial)).await;
        for figure in &found {
            println!("  {}", figure.row());
            failures += figure.failures;
        }
        if arguments.publish {
            figures::publish(&found);
        }
    }
    println!("{failures} promises broken");
    Ok(if failures == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
