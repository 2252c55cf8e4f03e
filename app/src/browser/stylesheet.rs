//! Styles that not every page has.

use futures::channel::oneshot;
use gloo_events::EventListener;
use leptos::prelude::document;

/// Loads a style, unless the page has it. Completes once it is there, or cannot be had: the page works without it.
pub(crate) async fn load(href: &str) {
    if !cfg!(feature = "hydrate")
        || document().query_selector(&format!("link[href=\"{href}\"]")).is_ok_and(|link| link.is_some())
    {
        return;
    }
    let (Ok(link), Some(head)) = (document().create_element("link"), document().query_selector("head").ok().flatten())
    else {
        return;
    };
    let (done, is_done) = oneshot::channel();
    let done = std::rc::Rc::new(std::cell::Cell::new(Some(done)));
    let listen = |event: &'static str| {
        let done = done.clone();
        EventListener::once(&link, event, move |_| _ = done.take().map(|done| done.send(())))
    };
    let listeners = ["load", "error"].map(listen);
    // Setting an attribute fails only where its name is none.
    let _ = link.set_attribute("rel", "stylesheet");
    let _ = link.set_attribute("href", href);
    let _ = head.append_child(&link);
    _ = is_done.await;
    drop(listeners);
}
