//! The actions of people, networks and the server's operator in the world.

use heartogether::{id::PublicationId, room::Source};
use heartogether_client::{Input, Timer};

use super::{Happening, Talk, World};

/// What is done to the world.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// Time passes.
    Wait(u64),
    /// A page's socket dies, with all that is on the way. The page and the server notice after these milliseconds; a
    /// page that does not is left to its own timers.
    Cut { page: usize, page_ms: Option<u64>, server_ms: u64 },
    /// The server dies and is back after these milliseconds.
    Restart { down_ms: u64 },
    /// A page is loaded anew, or again. The server notices the old one's end after these milliseconds.
    Reload { page: usize, server_ms: u64 },
    /// A page goes away, and says so if it can.
    Leave(usize),
    /// Pause or Resume is pressed.
    Pause { page: usize, paused: bool },
    /// Pause and Resume are pressed at once.
    Flutter(usize),
    /// A page wants to hear what another one sends, or nothing any more.
    Listen { page: usize, other: usize, on: bool },
    /// A member shares no more.
    EndSharing(usize),
    /// The owner ends what another member sends.
    EndOf(usize),
    /// A page's source goes away.
    Unplug(usize),
    /// A page shares sound.
    Share(usize),
    /// A page is about to share sound, or is not any more.
    Expect { page: usize, expected: bool },
    /// The network between a page and one of the others changes: their peer connection breaks. They notice after these
    /// milliseconds. If it is for good, no restart finds a path.
    Break { page: usize, other: usize, page_ms: u64, other_ms: u64, for_good: bool },
    /// The page's device is on another network.
    Roam(usize),
    /// A page's network lets no WebSocket through any more, and cuts the one that is open, or lets them through again.
    Block { page: usize, is_blocked: bool },
    /// Time passes until a page tries a WebSocket beside its event stream.
    Upgrade(usize),
    /// A page is shown again.
    Wake(usize),
    /// A page may be closed.
    Hide(usize),
    /// A member says something.
    Talk { page: usize, talk: Talk },
}

impl World {
    pub(crate) fn perform(&mut self, next: &Move) {
        let number = |page: usize| page % self.pages.len();
        match *next {
            Move::Wait(ms) => self.wait(ms),
            Move::Cut { page, page_ms, server_ms } => self.cut(number(page), page_ms, server_ms),
            Move::Restart { down_ms } => self.restart(down_ms),
            Move::Reload { page, server_ms } => self.reload(number(page), server_ms),
            Move::Leave(page) => self.leave(number(page)),
            Move::Pause { page, paused: true } => self.input(number(page), Input::PausePressed),
            Move::Pause { page, paused: false } => self.input(number(page), Input::ResumePressed),
            Move::Flutter(page) => {
                let page = number(page);
                self.input(page, Input::PausePressed);
                self.input(page, Input::ResumePressed);
            }
            Move::Listen { page, other, on: true } => {
                self.listen(number(page), number(page + 1 + other % (self.pages.len() - 1)))
            }
            Move::Listen { page, on: false, .. } => self.input(number(page), Input::ListeningEnded),
            Move::EndSharing(page) => self.input(number(page), Input::SharingEnded),
            Move::EndOf(page) => {
                if let Some(sent) = self.sent_by(number(page)) {
                    self.input(0, Input::PublicationEndPressed(sent));
                }
            }
            Move::Unplug(page) => self.unplug(number(page)),
            Move::Share(page) => self.share(number(page)),
            Move::Expect { page, expected } => self.expect(number(page), expected),
            Move::Break { page, other, page_ms, other_ms, for_good } => {
                let page = number(page);
                let other = number(page + 1 + other % (self.pages.len() - 1));
                self.break_media([(page, page_ms), (other, other_ms)], for_good);
            }
            Move::Roam(page) => self.input(number(page), Input::NetworkChanged),
            Move::Block { page, is_blocked } => {
                let page = number(page);
                if is_blocked && !self.pages[page].is_blocked {
                    self.cut(page, Some(0), 0);
                }
                self.pages[page].is_blocked = is_blocked;
            }
            Move::Upgrade(page) => self.input(number(page), Input::TimerFired(Timer::Upgrade)),
            Move::Wake(page) => self.input(number(page), Input::Woken),
            Move::Hide(page) => self.input(number(page), Input::Hidden),
            Move::Talk { page, talk } => self.talk(number(page), talk),
        }
    }

    fn share(&mut self, page: usize) {
        if self.pages[page].is_open {
            self.pages[page].capturing = true;
            self.input(page, Input::CaptureStarted(Source::Microphone));
        }
    }

    fn expect(&mut self, page: usize, expected: bool) {
        if self.pages[page].is_open {
            self.pages[page].expecting = expected;
            self.input(page, Input::CaptureExpected(expected));
        }
    }

    /// What the room has of a page's member.
    pub(super) fn sent_by(&self, page: usize) -> Option<PublicationId> {
        let member = self.member(page);
        self.room.publications().into_iter().find(|sent| Some(sent.by) == member).map(|sent| sent.id)
    }

    fn listen(&mut self, page: usize, other: usize) {
        // Nobody presses what is not shown.
        let shown = self.pages[page].client.room().map(|room| room.publications.clone()).unwrap_or_default();
        if let Some(sent) = self.sent_by(other).filter(|sent| shown.iter().any(|known| known.id == *sent)) {
            self.input(page, Input::ListenPressed(sent));
        }
    }

    /// Each member listens to all others.
    pub(crate) fn listen_all(&mut self) {
        for page in 0..self.pages.len() {
            for other in (0..self.pages.len()).filter(|other| *other != page) {
                self.listen(page, other);
            }
        }
    }

    fn unplug(&mut self, page: usize) {
        if std::mem::take(&mut self.pages[page].capturing) {
            self.input(page, Input::CaptureEnded(Source::Microphone));
        }
    }

    fn leave(&mut self, page: usize) {
        self.input(page, Input::Left);
        self.pages[page].is_open = false;
    }

    /// Whoever may share does so, if they do not.
    pub(super) fn share_all(&mut self) {
        for page in 0..self.pages.len() {
            if self.pages[page].client.may_capture() && !self.pages[page].capturing {
                self.share(page);
            }
        }
    }

    /// Whoever may share does so again, and everything has time to settle.
    pub(crate) fn heal(&mut self, ms: u64) {
        self.share_all();
        // What was shared is known to all then, and what was sent for too long without a source has ended.
        self.wait(ms);
        self.listen_all();
        self.wait(ms);
    }

    /// Whoever has gone away comes back.
    pub(crate) fn return_all(&mut self) {
        for page in 0..self.pages.len() {
            if !self.pages[page].is_open {
                self.reload(page, 0);
            }
        }
    }

    fn cut(&mut self, page: usize, page_ms: Option<u64>, server_ms: u64) {
        let Some(socket) = self.pages[page].socket else { return };
        if let Some(cut) = self.sockets.get_mut(&socket) {
            cut.is_cut = true;
        }
        if let Some(page_ms) = page_ms {
            self.plan(page_ms, Happening::SocketCloses { page, socket });
        }
        self.plan(server_ms, Happening::ServerNotices { socket });
    }

    fn reload(&mut self, page: usize, server_ms: u64) {
        if let Some(socket) = self.pages[page].socket.take() {
            self.sockets.entry(socket).and_modify(|socket| socket.is_cut = true);
            self.plan(server_ms, Happening::ServerNotices { socket });
        }
        let negotiations: Vec<_> = self.pages[page].peers.keys().copied().collect();
        negotiations.into_iter().for_each(|negotiation| self.close_peer(page, negotiation));
        let seed = self.draw() as u32 * 7_919;
        let it = &mut self.pages[page];
        it.load += 1;
        it.timers.clear();
        it.playing.clear();
        (it.capturing, it.expecting, it.is_open) = (false, false, true);
        it.client = Self::client(it.role, page == 0, seed);
        self.input(page, Input::Started);
    }
}
