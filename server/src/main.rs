//! The Exeunt server binary. `server --help` is the manual.

use std::{io::Write as _, process::ExitCode};

use server::{
    config::{self, Action, Examination, PlatformConfig, ServerConfig, StandIn},
    doctor,
    operator::{self, Target},
    reseal, serve, stand_in, telemetry,
};

/// Each open connection holds a buffer of 8 KB that is hardly used. Here it begins at a page, and what is not used of it is never
/// touched; glibc lays it across three.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let config = match config::load(std::env::args_os(), std::env::vars_os()) {
        Ok(Action::Serve(config)) => *config,
        Ok(Action::ServePlatform(config)) => return serve_platform(*config),
        Ok(Action::Doctor(examination)) => return examine(*examination),
        Ok(Action::Keygen) => return keygen(),
        Ok(Action::End(config, target)) => return end(&config, &target),
        Ok(Action::Reseal(config)) => return reseal(&config),
        Ok(Action::StandIn(given)) => return play_platform(*given),
        Err(stop) => return stop.report(),
    };
    if let Err(error) = telemetry::init(&config.log_filter) {
        return fail(&error);
    }
    match serve::run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn serve_platform(config: PlatformConfig) -> ExitCode {
    if let Err(error) = telemetry::init(&config.log_filter) {
        return fail(&error);
    }
    match serve::run_platform(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stdout, reason = "what was done is the program's output")]
fn end(config: &ServerConfig, target: &Target) -> ExitCode {
    if let Err(error) = telemetry::init(&config.log_filter) {
        return fail(&error);
    }
    match operator::run(config, target) {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stdout, reason = "what was done is the program's output")]
fn reseal(config: &ServerConfig) -> ExitCode {
    if let Err(error) = telemetry::init(&config.log_filter) {
        return fail(&error);
    }
    match reseal::run(config) {
        Ok(tally) => {
            println!("{}", reseal::told(&tally));
            if tally.changed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => fail(&error),
    }
}

fn play_platform(given: StandIn) -> ExitCode {
    if let Err(error) = telemetry::init(telemetry::DEFAULT_FILTER) {
        return fail(&error);
    }
    match stand_in::run(given) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn examine(examination: Examination) -> ExitCode {
    let report = match doctor::run(examination.config) {
        Ok(report) => report,
        Err(error) => return fail(&error),
    };
    let text = if examination.json {
        report.to_json()
    } else {
        report.to_string()
    };
    // Fails if the reader has seen enough, like `head`: the exit code still tells how it is.
    let _ = writeln!(std::io::stdout(), "{text}");
    if report.is_wrong() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

#[expect(clippy::print_stdout, reason = "the key is the program's output")]
fn keygen() -> ExitCode {
    match config::fresh_key() {
        Ok(key) => {
            println!("{}", *key);
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the log may not be there, and a person is waiting at the terminal"
)]
fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("exeunt: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}
