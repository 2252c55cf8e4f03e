//! A cached document of a provider. Several sign-ins share one request. The request goes on when nobody waits for it
//! any more: a provider that took long to wake up is then ready for the next visitor.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use heartogether::time::Timestamp;

use super::error::SignInError;

/// A document and the request for it.
pub(super) struct Document<T> {
    state: Mutex<State<T>>,
    /// How long callers wait for the response.
    patience: Duration,
}

struct State<T> {
    known: Option<Known<T>>,
    asked: Option<Question<T>>,
}

/// The document, and when it was requested.
struct Known<T> {
    told: Arc<T>,
    at: Timestamp,
}

type Answer<T> = Result<Arc<T>, SignInError>;
type Question<T> = Shared<BoxFuture<'static, Answer<T>>>;

impl<T: Send + Sync + 'static> Document<T> {
    /// A document that is known in advance (`built_in`) is never requested.
    pub(super) fn new(built_in: Option<T>, patience: Duration) -> Arc<Self> {
        let known = built_in.map(|told| Known { told: Arc::new(told), at: Timestamp::from_millis(u64::MAX) });
        Arc::new(Self { state: Mutex::new(State { known, asked: None }), patience })
    }

    /// The document, if it is not older than `kept_ms` milliseconds. Otherwise it is requested with `question`, unless
    /// a request is under way.
    ///
    /// # Errors
    /// The error of the request; [`SignInError::Unreachable`] if no response comes in time.
    pub(super) async fn ask<F>(self: &Arc<Self>, now: Timestamp, kept_ms: u64, question: F) -> Answer<T>
    where
        F: Future<Output = Result<T, SignInError>> + Send + 'static,
    {
        let asked = {
            let mut state = self.state();
            if let Some(known) = state.known.as_ref().filter(|known| now.since_ms(known.at) < kept_ms) {
                return Ok(known.told.clone());
            }
            match state.asked.clone().filter(|asked| asked.peek().is_none()) {
                Some(asked) => asked,
                None => state.asked.insert(self.clone().put(question, now)).clone(),
            }
        };
        tokio::time::timeout(self.patience, asked).await.unwrap_or_else(|_| Err(unanswered()))
    }

    /// The latest document, however old.
    pub(super) fn known(&self) -> Option<Arc<T>> {
        self.state().known.as_ref().map(|known| known.told.clone())
    }

    fn put<F>(self: Arc<Self>, question: F, at: Timestamp) -> Question<T>
    where
        F: Future<Output = Result<T, SignInError>> + Send + 'static,
    {
        let task = tokio::spawn(async move {
            let told = question.await.map(Arc::new);
            let mut state = self.state();
            state.asked = None;
            if let Ok(told) = &told {
                state.known = Some(Known { told: told.clone(), at });
            }
            told
        });
        async move { task.await.unwrap_or_else(|_| Err(unanswered())) }.boxed().shared()
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unanswered() -> SignInError {
    SignInError::Unreachable("no answer in time".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(5_000);
    const KEPT_MS: u64 = 1_000;

    /// A provider that counts its requests, and answers when it is told to.
    #[derive(Default)]
    struct Sleeper {
        asked: AtomicUsize,
        awake: Notify,
    }

    impl Sleeper {
        fn question(self: &Arc<Self>) -> impl Future<Output = Result<usize, SignInError>> + Send + 'static {
            let sleeper = self.clone();
            async move {
                let number = sleeper.asked.fetch_add(1, Ordering::SeqCst) + 1;
                sleeper.awake.notified().await;
                Ok(number)
            }
        }
    }

    async fn until(condition: impl Fn() -> bool) {
        let waiting = async {
            while !condition() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it comes to pass");
    }

    #[tokio::test]
    async fn simultaneous_readers_share_one_request() {
        let (document, sleeper) = (Document::new(None, Duration::from_secs(20)), Arc::new(Sleeper::default()));
        let crowd: Vec<_> = (0..100)
            .map(|_| {
                let (document, question) = (document.clone(), sleeper.question());
                tokio::spawn(async move { document.ask(NOW, KEPT_MS, question).await.map(|told| *told) })
            })
            .collect();
        until(|| sleeper.asked.load(Ordering::SeqCst) > 0).await;
        sleeper.awake.notify_waiters();
        for one in crowd {
            assert_eq!(one.await.expect("no panic").expect("an answer"), 1);
        }
        let later = NOW.after_ms(KEPT_MS);
        sleeper.awake.notify_one();
        assert_eq!(*document.ask(later, KEPT_MS, sleeper.question()).await.expect("an answer"), 2);
        assert_eq!(sleeper.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_request_continues_without_waiting_readers_and_stays_the_only_one() {
        let (document, sleeper) = (Document::new(None, Duration::from_millis(1)), Arc::new(Sleeper::default()));
        for _ in 0..10 {
            let told = document.ask(NOW, KEPT_MS, sleeper.question()).await;
            assert!(matches!(told, Err(SignInError::Unreachable(_))), "{told:?}");
        }
        assert_eq!((sleeper.asked.load(Ordering::SeqCst), document.known()), (1, None));
        sleeper.awake.notify_one();
        until(|| document.known().is_some()).await;
        assert_eq!(*document.ask(NOW, KEPT_MS, sleeper.question()).await.expect("what is known"), 1);
    }

    #[tokio::test]
    async fn an_old_document_stays_known_and_a_failed_request_is_repeated() {
        let document = Document::new(None, Duration::from_secs(20));
        document.ask(NOW, KEPT_MS, async { Ok(1) }).await.expect("an answer");
        let later = NOW.after_ms(KEPT_MS);
        let failed = document.ask(later, KEPT_MS, async { Err(unanswered()) }).await;
        assert!(failed.is_err());
        assert_eq!(document.known().as_deref(), Some(&1));
        assert_eq!(*document.ask(later, KEPT_MS, async { Ok(2) }).await.expect("an answer"), 2);
        let built_in = Document::new(Some(3), Duration::ZERO);
        assert_eq!(*built_in.ask(later, 1, async { Err(unanswered()) }).await.expect("what is built in"), 3);
    }
}
