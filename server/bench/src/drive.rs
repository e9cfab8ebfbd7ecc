//! Load: some connections that ask one request after the other, and how long each answer took.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use crate::{Fault, connection::Connection};

/// How long a load goes on.
#[derive(Clone, Debug)]
pub(crate) enum Extent {
    /// So long.
    For(Duration),
    /// So many requests.
    Times(u64),
    /// Until somebody says that it is enough.
    Until(Arc<AtomicBool>),
}

/// Writes the request of this number, which begins at 0.
pub(crate) type Request = Arc<dyn Fn(u64, &mut Vec<u8>) + Send + Sync>;

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// How long it took, in seconds.
    pub(crate) seconds: f64,
    /// How long each answer took, in microseconds.
    pub(crate) waits: Histogram<u64>,
}

impl Load {
    /// Several, as if they were one.
    ///
    /// # Errors
    ///
    /// Never: all have the same bounds.
    pub(crate) fn of(parts: &[Self]) -> Result<Self, Fault> {
        let mut whole = Self {
            seconds: 0.0,
            waits: histogram()?,
        };
        for part in parts {
            whole.seconds += part.seconds;
            whole.waits.add(&part.waits).map_err(Fault::because)?;
        }
        Ok(whole)
    }

    /// Answers in a second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub(crate) fn rate(&self) -> f64 {
        self.waits.len() as f64 / self.seconds
    }

    /// A percentile of the waits, in microseconds.
    #[must_use]
    pub(crate) fn percentile(&self, at: f64) -> f64 {
        percentile(&self.waits, at)
    }
}

/// A percentile of waits, in microseconds.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "below a minute")]
pub(crate) fn percentile(waits: &Histogram<u64>, at: f64) -> f64 {
    waits.value_at_percentile(at) as f64
}

/// Asks over so many connections, all on one thread of their own, and expects this status.
///
/// # Errors
///
/// If an answer has another status: then nothing was measured.
pub(crate) async fn drive(
    address: SocketAddr,
    connections: usize,
    extent: Extent,
    status: u16,
    request: Request,
) -> Result<Load, Fault> {
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(all(address, connections, extent, status, request))
    })
    .await?
}

async fn all(
    address: SocketAddr,
    connections: usize,
    extent: Extent,
    status: u16,
    request: Request,
) -> Result<Load, Fault> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let next = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let never = Arc::new(AtomicBool::new(false));
    let (last, end, enough) = match extent {
        Extent::For(time) => (u64::MAX, Some(begun + time), never),
        Extent::Times(times) => (times, None, never),
        Extent::Until(enough) => (u64::MAX, None, enough),
    };
    let mut asking = tokio::task::JoinSet::new();
    for mut connection in open {
        let (next, enough, request) = (Arc::clone(&next), Arc::clone(&enough), Arc::clone(&request));
        asking.spawn(async move {
            let mut waits = histogram()?;
            let mut bytes = Vec::with_capacity(1024);
            while end.is_none_or(|end| Instant::now() < end) && !enough.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= last {
                    break;
                }
                bytes.clear();
                request(number, &mut bytes);
                let asked = Instant::now();
                let answered = connection.ask(&bytes).await?;
                note(&mut waits, asked.elapsed());
                if answered != status {
                    return Err(Fault::new(format!("status {answered} in place of {status}")));
                }
            }
            Ok::<_, Fault>(waits)
        });
    }
    let mut waits = histogram()?;
    while let Some(asked) = asking.join_next().await {
        waits.add(asked??).map_err(Fault::because)?;
    }
    Ok(Load {
        seconds: begun.elapsed().as_secs_f64(),
        waits,
    })
}

/// Of microseconds, up to a minute.
///
/// # Errors
///
/// Never: the bounds are sound.
pub(crate) fn histogram() -> Result<Histogram<u64>, Fault> {
    Histogram::new_with_bounds(1, 60_000_000, 3).map_err(Fault::because)
}

/// Notes a wait.
pub(crate) fn note(waits: &mut Histogram<u64>, wait: Duration) {
    waits.saturating_record(u64::try_from(wait.as_micros()).unwrap_or(u64::MAX));
}
