//! What one person does from the first sign-in to the end of the last session.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    dice::Dice,
    fleet::Browser,
    ledger::{Dead, Gone},
    stage::{INSTANCES, Stage, subject},
};

/// Longer than any fault lasts, with what it leaves behind.
const PATIENCE: Duration = Duration::from_secs(120);
const SHORT: Duration = Duration::from_millis(200);
/// A process waits so long for new tokens before it answers an extension, less what the answer needs; a refresh that takes longer goes on
/// behind it, and the fault that comes next may catch it.
const ANSWERED_WITH_TOKENS: Duration = Duration::from_millis(2_500);
/// An open tab knows by then (invariant I18: 30 s without the event channel, and what a stopped process needs besides).
const TOLD: Duration = Duration::from_secs(45);

struct Person<'a> {
    stage: &'a Stage,
    sub: String,
    browsers: Vec<Open>,
    certain: bool,
}

struct Open {
    browser: Browser,
    sid: String,
    tab: tokio::task::JoinHandle<()>,
}

/// What a request for the session said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Alive,
    Dead,
    /// Nothing that one could rely on: no connection, no store.
    Nothing,
}

fn said(answer: Option<u16>) -> Said {
    match answer {
        Some(200) => Said::Alive,
        Some(401) => Said::Dead,
        _ => Said::Nothing,
    }
}

pub(crate) async fn live(stage: &Stage, dice: &mut Dice) {
    let mut person = Person {
        stage,
        sub: subject(stage.ledger.next_person()),
        browsers: Vec::new(),
        certain: true,
    };
    for _ in 0..=dice.throw(3) {
        person.sign_in(dice).await;
    }
    for _ in 0..dice.throw(6) {
        if person.browsers.is_empty() {
            break;
        }
        person.act(dice).await;
        replay(stage, dice).await;
        tokio::time::sleep(dice.millis(50, 1_000)).await;
    }
    person.end(dice).await;
    stage.ledger.leave(Gone {
        sub: person.sub,
        certain: person.certain,
    });
}

impl Person<'_> {
    /// Runs what makes the provider issue tokens, and notes whether all of them surely reached the store.
    async fn while_tokens_are_issued<T>(&mut self, doing: impl Future<Output = T>) -> T {
        let (since, asked) = (self.stage.disturbance.now(), Instant::now());
        let done = doing.await;
        self.certain &= self.stage.disturbance.calm_since(since) && asked.elapsed() < ANSWERED_WITH_TOKENS;
        done
    }

    async fn sign_in(&mut self, dice: &mut Dice) {
        let until = Instant::now() + PATIENCE;
        loop {
            let stage = self.stage;
            let mut browser = stage.fleet.browser();
            let sub = self.sub.clone();
            let places = [dice.throw(INSTANCES), dice.throw(INSTANCES)];
            let arrived = self
                .while_tokens_are_issued(sign_in(stage, &mut browser, &sub, places))
                .await;
            if arrived {
                stage.ledger.count("sign-ins");
                let sid = stage.issued(&sub).sids.last().cloned().unwrap();
                let tab = tokio::spawn(listen(browser.clone(), stage.addresses[dice.throw(INSTANCES)]));
                self.browsers.push(Open { browser, sid, tab });
                return;
            }
            stage.ledger.count("sign-ins that failed");
            if Instant::now() > until {
                stage
                    .ledger
                    .violated(format!("{} could not sign in for {PATIENCE:?}", self.sub));
                return;
            }
            tokio::time::sleep(SHORT).await;
        }
    }

    async fn act(&mut self, dice: &mut Dice) {
        let place = dice.throw(INSTANCES);
        let address = self.stage.addresses[place];
        let which = dice.throw(self.browsers.len());
        let mut browser = self.browsers[which].browser.clone();
        match dice.throw(10) {
            0..5 => {
                let answer = browser.get_at(address, "/api/session").await;
                self.expect_alive(said(answer.ok().map(status)), "a check");
            }
            5..7 => {
                let answer = browser.get_at(address, "/account").await;
                let signed_out = answer.is_ok_and(|answer| answer.status() == 303);
                self.expect_alive(if signed_out { Said::Dead } else { Said::Nothing }, "a page");
            }
            7..9 => {
                let answer = self
                    .while_tokens_are_issued(async { browser.post_at(address, "/api/auth/extend").await })
                    .await;
                self.stage.ledger.count("extensions");
                self.expect_alive(said(answer.ok().map(status)), "an extension");
            }
            _ => self.end_others(which, dice).await,
        }
    }

    /// A session ends early only where a token may have been lost on its way.
    fn expect_alive(&self, said: Said, by: &str) {
        match said {
            Said::Dead if self.certain => {
                let log = self.stage.fleet.log_of(&self.sub).join("\n  ");
                self.stage.ledger.violated(format!(
                    "{}: {by} found a living session ended\n  {log}",
                    self.sub
                ));
            }
            Said::Dead => self.stage.ledger.count("sessions lost with a token"),
            Said::Alive | Said::Nothing => {}
        }
    }

    async fn end_others(&mut self, which: usize, dice: &mut Dice) {
        let mut browser = self.browsers[which].browser.clone();
        let address = self.stage.addresses[dice.throw(INSTANCES)];
        let answer = browser
            .post_json_at(address, "/api/auth/sessions/end", r#"{"others":true}"#)
            .await;
        if answer.ok().map(status) != Some(200) {
            // Each of them ends in a step of its own, and the first may have ended before the store failed.
            self.certain = false;
            return;
        }
        self.stage.ledger.count("ends of all others");
        let kept = self.browsers.remove(which);
        let others = std::mem::replace(&mut self.browsers, vec![kept]);
        self.bury(others).await;
    }

    async fn end(&mut self, dice: &mut Dice) {
        while !self.browsers.is_empty() {
            match dice.throw(10) {
                0..6 => self.sign_out(dice).await,
                6..9 => self.be_told_by_the_provider(dice).await,
                _ => {
                    // They walk away: it ends by its limits.
                    self.stage.ledger.count("sessions left alone");
                    if let Some(open) = self.browsers.pop() {
                        open.tab.abort();
                    }
                }
            }
        }
    }

    async fn sign_out(&mut self, dice: &mut Dice) {
        let open = self.browsers.swap_remove(dice.throw(self.browsers.len()));
        let scope = *dice.one_of(&["app", "browser", "everywhere"]);
        let racing = dice.percent(50).then(|| {
            let (mut one, mut other) = (open.browser.clone(), open.browser.clone());
            let here = self.stage.addresses[dice.throw(INSTANCES)];
            let there = self.stage.addresses[dice.throw(INSTANCES)];
            async move {
                let _ = tokio::join!(
                    one.post_at(here, "/api/auth/extend"),
                    other.get_at(there, "/account")
                );
            }
        });
        let body = format!(r#"{{"scope":"{scope}"}}"#);
        let mut browser = open.browser.clone();
        let stage = self.stage;
        let places: Vec<usize> = (0..64).map(|_| dice.throw(INSTANCES)).collect();
        let receipt = self
            .while_tokens_are_issued(async {
                let racing = async {
                    if let Some(racing) = racing {
                        racing.await;
                    }
                };
                tokio::join!(pressed(stage, &mut browser, &body, &places), racing).0
            })
            .await;
        let Some((receipt, presses)) = receipt else {
            self.stage
                .ledger
                .violated(format!("{} could not sign out for {PATIENCE:?}", self.sub));
            open.tab.abort();
            return;
        };
        self.stage.ledger.count("sign-outs");
        // The first press may have ended the others, though its answer was lost.
        self.certain &= presses == 1 || scope != "everywhere";
        let mut ended = vec![open];
        if layer(&receipt, "other_sessions") == Some("ended") {
            ended.append(&mut self.browsers);
        }
        self.bury(ended).await;
    }

    async fn be_told_by_the_provider(&mut self, dice: &mut Dice) {
        let sid = dice
            .percent(70)
            .then(|| self.browsers[dice.throw(self.browsers.len())].sid.clone());
        let script = self.stage.fleet.provider.script();
        let address = self.stage.addresses[dice.throw(INSTANCES)];
        let uri = format!("http://{address}/auth/backchannel-logout");
        let told = script
            .send_logout_token(&uri, Some(&self.sub), sid.as_deref())
            .await;
        if told.status.map(|status| status.as_u16()) != Some(200) {
            tokio::time::sleep(SHORT).await;
            return;
        }
        self.stage.ledger.count("back-channel logouts");
        let all = std::mem::take(&mut self.browsers);
        let (ended, kept) = all
            .into_iter()
            .partition(|open| sid.as_ref().is_none_or(|sid| open.sid == *sid));
        self.browsers = kept;
        self.bury(ended).await;
    }

    /// They are over: their tabs learn it, and their cookies are good for nothing from here.
    async fn bury(&self, ended: Vec<Open>) {
        for open in ended {
            if tokio::time::timeout(TOLD, open.tab).await.is_err() {
                self.stage
                    .ledger
                    .violated(format!("{}: a tab was not told for {TOLD:?}", self.sub));
            }
            let dead = Dead {
                sub: self.sub.clone(),
                cookies: open.browser,
            };
            expect_dead(self.stage, &dead, self.stage.addresses[0]).await;
            self.stage.ledger.bury(dead);
        }
    }
}

fn status(answer: openidconnect::reqwest::Response) -> u16 {
    answer.status().as_u16()
}

/// The whole way, if nothing fails on it.
async fn sign_in(stage: &Stage, browser: &mut Browser, sub: &str, places: [usize; 2]) -> bool {
    let [first, second] = places.map(|place| stage.addresses[place]);
    let Ok(answer) = browser.get_at(first, "/auth/login").await else {
        return false;
    };
    let Some(provider) = location(&answer) else {
        return false;
    };
    let back = {
        let _turn = stage.provider_turn.lock().await;
        stage.fleet.provider.script().auto_login(sub);
        browser.visit(&provider).await
    };
    let Some(back) = back.ok().as_ref().and_then(location) else {
        return false;
    };
    let Some(callback) = back.strip_prefix(super::fleet::HERE) else {
        return false;
    };
    let answer = browser.get_at(second, callback).await;
    answer.is_ok_and(|answer| answer.status() == 303)
}

fn location(answer: &openidconnect::reqwest::Response) -> Option<String> {
    let location = answer.headers().get("location")?;
    Some(location.to_str().ok()?.to_owned())
}

/// Presses until the session is certainly over; another process each time, as behind a balancer.
/// Gives the receipt, and how many presses it took.
async fn pressed(
    stage: &Stage,
    browser: &mut Browser,
    body: &str,
    places: &[usize],
) -> Option<(Value, usize)> {
    let until = Instant::now() + PATIENCE;
    for (before, place) in places.iter().cycle().enumerate() {
        let answer = browser
            .post_json_at(stage.addresses[*place], "/api/auth/logout", body)
            .await;
        if let Ok(answer) = answer
            && answer.status() == 200
            && let Ok(answer) = answer.bytes().await
            && let Ok(answer) = serde_json::from_slice::<Value>(&answer)
        {
            if answer["success"] == true {
                return Some((answer["receipt"].clone(), before + 1));
            }
            stage.ledger.count("sign-outs that said they failed");
        }
        if Instant::now() > until {
            return None;
        }
        tokio::time::sleep(SHORT).await;
    }
    None
}

fn layer<'a>(receipt: &'a Value, which: &str) -> Option<&'a str> {
    let layers = receipt["layers"].as_array()?;
    let line = layers.iter().find(|line| line["layer"] == which)?;
    line["status"].as_str()
}

/// An open tab: until the stream ends, however it does.
async fn listen(mut browser: Browser, at: std::net::SocketAddr) {
    if let Ok(mut answer) = browser.follow_at(at, "/auth/events").await {
        while let Ok(Some(_)) = answer.chunk().await {}
    }
}

/// Asks with an old cookie of somebody's.
async fn replay(stage: &Stage, dice: &mut Dice) {
    if let Some(mut dead) = stage.ledger.dug_up(dice.throw(1_000_000)) {
        let address = stage.addresses[dice.throw(INSTANCES)];
        let path = *dice.one_of(&["/api/session", "/api/auth/extend"]);
        let answer = if path == "/api/session" {
            dead.cookies.get_at(address, path).await
        } else {
            dead.cookies.post_at(address, path).await
        };
        judge(stage, &dead.sub, said(answer.ok().map(status)));
    }
}

fn judge(stage: &Stage, sub: &str, said: Said) {
    match said {
        Said::Alive => stage.ledger.violated(format!("{sub}: a session came back")),
        Said::Dead => stage.ledger.count("replays refused"),
        Said::Nothing => stage.ledger.count("replays without an answer"),
    }
}

/// Until there is a definite answer.
pub(crate) async fn expect_dead(stage: &Stage, dead: &Dead, at: std::net::SocketAddr) {
    let until = Instant::now() + PATIENCE;
    loop {
        let answer = dead.cookies.clone().get_at(at, "/api/session").await;
        let said = said(answer.ok().map(status));
        judge(stage, &dead.sub, said);
        if said != Said::Nothing {
            return;
        }
        if Instant::now() > until {
            stage
                .ledger
                .violated(format!("{}: no answer for {PATIENCE:?}", dead.sub));
            return;
        }
        tokio::time::sleep(SHORT).await;
    }
}
