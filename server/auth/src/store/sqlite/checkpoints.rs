//! Folding the write-ahead log into the file, beside the writer: who waits for a commit does not wait for that too.

use std::{
    ffi::c_int,
    path::Path,
    sync::mpsc::{SyncSender, TrySendError, sync_channel},
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, hooks::Wal};

use super::error::OpenError;

/// How long the log may become, in pages of 4 KB.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogLength {
    /// After so many more it is folded, by a thread of its own.
    pub(super) fold_after: u32,
    /// From here on the writer folds it itself, at each commit until it could: it alone can begin the log anew while others wait
    /// to write.
    pub(super) at_most: u32,
    /// So long it becomes only where something keeps it from being folded; then it is told, once until it has begun anew.
    pub(super) told_from: u32,
}

impl LogLength {
    /// 16 MB at a time, so that little is left to be folded when the writer does it. That is at 128 MB, since everybody who wants to write
    /// waits for it; at 64 MB it took a twelfth of what is written in a second. Told at 256 MB.
    pub(super) const USUAL: Self = Self {
        fold_after: 4_096,
        at_most: 32_768,
        told_from: 65_536,
    };
}

/// The thread that folds. It ends when the hook on the writer's connection is taken off.
pub(super) struct Checkpoints {
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts the thread, with a connection of its own that may write, and has the writer's connection call it. This takes the
    /// place of SQLite's own checkpoints, which a commit would wait for.
    pub(super) fn start(
        path: &Path,
        writer: &mut Connection,
        folder: Connection,
        length: LogLength,
    ) -> Result<Self, OpenError> {
        let (ask, asked) = sync_channel::<()>(1);
        let thread = thread::Builder::new()
            .name("exeunt-store-fold".into())
            .spawn(move || {
                while asked.recv().is_ok() {
                    // It folds what no reader and no other process is in the way of; the rest the next time.
                    if let Err(error) = folder.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_row| Ok(()))
                    {
                        tracing::warn!(%error, "the write-ahead log could not be folded into the file of the store");
                    }
                }
            })
            .map_err(OpenError::Thread)?;
        call_at_commits(writer, ask, length).map_err(|error| OpenError::of(path, error))?;
        Ok(Self { thread: Some(thread) })
    }

    /// Ends the thread, when what it was asked for is done.
    pub(super) fn stop(mut self, writer: &mut Connection) {
        // With the hook the thread's last asker is gone. Without that it would never end, and is left to itself.
        if writer.wal_hook(None::<NoHook>).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

type NoHook = fn(&mut Wal, c_int) -> rusqlite::Result<()>;

fn call_at_commits(writer: &mut Connection, ask: SyncSender<()>, length: LogLength) -> rusqlite::Result<()> {
    let mut folded_at = 0;
    let mut overlong = Overlong::default();
    writer.wal_hook(Some(move |log: &mut Wal, pages: c_int| {
        let pages = u32::try_from(pages).unwrap_or(0);
        if pages < folded_at {
            // It has begun anew.
            folded_at = 0;
        }
        if overlong.is_to_be_told(pages, length.told_from) {
            tracing::warn!(
                megabytes = pages / 256,
                "the write-ahead log of the store grows and cannot be folded into the file: another program keeps the \
                 file open for reading, or the disk is full or slow"
            );
        }
        if pages >= length.at_most {
            // An error here would be told as one of the commit, which has succeeded. The next commit tries again.
            let _ = log.checkpoint();
        } else if pages - folded_at >= length.fold_after {
            match ask.try_send(()) {
                Ok(()) => folded_at = pages,
                // It is at it, or has ended; then the writer folds when the log is long.
                Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        }
        Ok(())
    }))
}

/// Whether the length of the log has been told.
#[derive(Default)]
struct Overlong {
    told: bool,
}

impl Overlong {
    /// Once from this length on, and again when it has been shorter meanwhile.
    fn is_to_be_told(&mut self, pages: u32, told_from: u32) -> bool {
        let before = std::mem::replace(&mut self.told, pages >= told_from);
        self.told && !before
    }
}

#[cfg(test)]
mod tests;
