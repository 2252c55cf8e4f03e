//! Diagrams that were drawn of late. All members of a room fetch them within a moment.

use std::{collections::VecDeque, sync::Arc};

use heartogether_markup::Diagram;

/// Bytes of drawings that are kept.
const BYTES: usize = 16 * 1024 * 1024;

/// The diagrams of each text, the latest last.
#[derive(Default)]
pub(super) struct Drawn {
    texts: VecDeque<(String, Arc<[Diagram]>)>,
    bytes: usize,
}

impl Drawn {
    /// The diagrams in this text.
    pub(super) fn find(&self, text: &str) -> Option<Arc<[Diagram]>> {
        self.texts.iter().rev().find(|(known, _)| known == text).map(|(_, diagrams)| diagrams.clone())
    }

    /// Keeps the diagrams in a text, if there are any. The oldest go where there would be too many bytes.
    pub(super) fn keep(&mut self, text: String, diagrams: Vec<Diagram>) {
        if diagrams.is_empty() || self.find(&text).is_some() {
            return;
        }
        self.bytes += bytes_of(&diagrams);
        self.texts.push_back((text, diagrams.into()));
        while self.bytes > BYTES {
            let Some((_, oldest)) = self.texts.pop_front() else { return };
            self.bytes -= bytes_of(&oldest);
        }
    }
}

fn bytes_of(diagrams: &[Diagram]) -> usize {
    diagrams.iter().map(|diagram| diagram.svg_light.len() + diagram.svg_dark.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagram(bytes: usize) -> Diagram {
        let (svg_light, svg_dark) = ("l".repeat(bytes / 2), "d".repeat(bytes / 2));
        Diagram { svg_light, svg_dark, source: String::new(), width: 1, height: 1 }
    }

    #[test]
    fn the_latest_drawings_are_kept_up_to_a_number_of_bytes() {
        let mut drawn = Drawn::default();
        let texts = |drawn: &Drawn| drawn.texts.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>();
        for text in ["a", "b", "b"] {
            drawn.keep(text.to_owned(), vec![diagram(BYTES / 2)]);
        }
        drawn.keep("without".to_owned(), Vec::new());
        assert_eq!((texts(&drawn), drawn.bytes), (vec!["a".to_owned(), "b".to_owned()], BYTES));
        drawn.keep("c".to_owned(), vec![diagram(2)]);
        assert_eq!((texts(&drawn), drawn.bytes), (vec!["b".to_owned(), "c".to_owned()], BYTES / 2 + 2));
        assert!(drawn.find("a").is_none() && drawn.find("c").is_some_and(|found| *found == [diagram(2)]));
    }
}
