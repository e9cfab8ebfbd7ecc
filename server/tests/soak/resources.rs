//! What the process that is never killed holds.

use std::{fmt, fs, sync::Arc, time::Duration, time::Instant};

use super::stage::Stage;

const EVERY: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug)]
struct Sample {
    anonymous_kilobytes: u64,
    open_files: usize,
}

pub(crate) struct Resources(Vec<Sample>);

/// From the end of the warming up to the end of all: medians of the first and the last third of that time.
#[derive(Debug)]
pub(crate) struct Growth {
    memory: [u64; 2],
    files: [usize; 2],
}

/// Samples until it is over, and prints now and then how it goes.
pub(crate) async fn observe(stage: Arc<Stage>, over: Instant, report: Duration) -> Resources {
    let started = Instant::now();
    let mut samples = Vec::new();
    let mut next = started + report;
    while Instant::now() < over {
        let process = stage.instances[0].read().await.process();
        let sample = sample(process);
        samples.push(sample);
        if Instant::now() >= next {
            next += report;
            println!(
                "soak: {:>4} s, {} KB, {} files: {}",
                started.elapsed().as_secs(),
                sample.anonymous_kilobytes,
                sample.open_files,
                stage.ledger.summary()
            );
        }
        tokio::time::sleep(EVERY).await;
    }
    Resources(samples)
}

fn sample(process: u32) -> Sample {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let anonymous = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .unwrap();
    Sample {
        anonymous_kilobytes: anonymous.split_whitespace().next().unwrap().parse().unwrap(),
        open_files: fs::read_dir(format!("/proc/{process}/fd")).unwrap().count(),
    }
}

impl Resources {
    pub(crate) fn growth(&self, warm_up: f64) -> Growth {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a few hundred samples"
        )]
        let warm = &self.0[(self.0.len() as f64 * warm_up) as usize..];
        let third = warm.len() / 3;
        assert!(third > 0, "too short to say anything");
        let parts = [&warm[..third], &warm[warm.len() - third..]];
        Growth {
            memory: parts.map(|part| median(part.iter().map(|sample| sample.anonymous_kilobytes))),
            files: parts.map(|part| median(part.iter().map(|sample| sample.open_files))),
        }
    }
}

fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([memory, memory_then], [files, files_then]) = (self.memory, self.files);
        write!(
            f,
            "anonymous memory {memory} KB, later {memory_then} KB; open files {files}, later {files_then}"
        )
    }
}

impl Growth {
    /// # Panics
    ///
    /// If one of them grew by more than a fifth and a little.
    pub(crate) fn assert_none(&self) {
        let [before, after] = self.memory;
        assert!(after <= before + before / 5 + 4_096, "memory grows: {self}");
        let [before, after] = self.files;
        assert!(after <= before + before / 5 + 20, "files stay open: {self}");
    }
}
