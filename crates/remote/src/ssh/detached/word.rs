//! What the programs on the target tell, between the lines of standard error.

use memchr::memmem::Finder;
use tokio::sync::watch;

/// Most of what is kept of a login shell that speaks in place of the program.
const MOST_NOISE: usize = 4096;

/// What became of a command, as the target tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// What comes from here on is not of the login shell.
    From,
    /// It has been started; its end will be told.
    Begun,
    /// The stream ends here.
    End,
    /// It ended with this exit code.
    Code(u32),
    /// It was never started and will not be.
    Never,
    /// Nobody there waits for it any more, and it left no exit code.
    Gone,
    /// The folder exists: it was started already.
    Taken,
    /// The target cannot do it, for this reason.
    Cannot(String),
}

impl Word {
    fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "from" => Some(Self::From),
            "begun" => Some(Self::Begun),
            "end" => Some(Self::End),
            "rc" => rest.trim().parse().ok().map(Self::Code),
            "never" => Some(Self::Never),
            "gone" => Some(Self::Gone),
            "taken" => Some(Self::Taken),
            "cannot" => Some(Self::Cannot(rest.to_owned())),
            _ => None,
        }
    }
}

/// Takes the lines with the mark out of one stream, wherever they begin.
#[derive(Debug)]
pub(super) struct Listener {
    finder: Finder<'static>,
    held: Vec<u8>,
    /// Whether the program on the target speaks.
    is_open: bool,
    /// What the login shell said before, or in its place; not more than a person would read.
    noise: Vec<u8>,
    /// Whether the command is known to have been started.
    begun: watch::Sender<bool>,
    /// What became of it.
    end: Option<Word>,
}

impl Listener {
    pub(super) fn new(mark: &str) -> Self {
        Self {
            finder: Finder::new(mark).into_owned(),
            held: Vec::new(),
            is_open: false,
            noise: Vec::new(),
            begun: watch::Sender::new(false),
            end: None,
        }
    }

    /// Tells when the command is known to have been started.
    pub(super) fn begun(&self) -> watch::Receiver<bool> {
        self.begun.subscribe()
    }

    /// Whether the end has been told.
    pub(super) fn is_done(&self) -> bool {
        self.end.is_some()
    }

    /// What became of the command, if that has been told.
    pub(super) fn take_end(&mut self) -> Option<Word> {
        self.end.take()
    }

    /// What was said in place of the program, if that never spoke.
    pub(super) fn take_noise(&mut self) -> Vec<u8> {
        if self.is_open {
            self.noise.clear();
        }
        std::mem::take(&mut self.noise)
    }

    /// Takes the next bytes; gives those that belong to the command for certain.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(bytes);
        let mut output = Vec::new();
        loop {
            let start = self.find();
            let before = self.held.drain(..start);
            if self.is_open {
                output.extend(before);
            } else {
                let room = MOST_NOISE.saturating_sub(self.noise.len());
                self.noise.extend(before.take(room));
            }
            let Some(length) = self.held.iter().position(|byte| *byte == b'\n') else {
                return output;
            };
            let line: Vec<u8> = self.held.drain(..=length).collect();
            let text = line
                .get(self.finder.needle().len()..length)
                .unwrap_or_default();
            match Word::parse(String::from_utf8_lossy(text).trim()) {
                Some(Word::From) => self.is_open = true,
                Some(Word::Begun) => {
                    self.begun.send_replace(true);
                }
                end => {
                    self.end = end;
                }
            }
        }
    }

    /// Where the mark begins, or a piece of it that the next bytes may complete.
    fn find(&self) -> usize {
        let mark = self.finder.needle();
        self.finder.find(&self.held).unwrap_or_else(|| {
            let longest = mark.len().min(self.held.len());
            let piece = (0..=longest).rev().find(|length| {
                mark.get(..*length)
                    .is_some_and(|piece| self.held.ends_with(piece))
            });
            self.held.len() - piece.unwrap_or(0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "0123456789abcdef";

    #[test]
    fn the_word_is_taken_out_however_the_bytes_arrive() {
        for size in 1..80 {
            let mut listener = Listener::new(MARK);
            let text = format!("noise\n{MARK} from\n{MARK} begun\nno line end{MARK} rc 7\nafter");
            let mut shown = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                shown.extend(listener.push(piece));
            }
            assert_eq!(String::from_utf8(shown).unwrap(), "no line endafter");
            assert!(*listener.begun().borrow());
            assert_eq!(listener.take_end(), Some(Word::Code(7)));
        }
    }

    #[test]
    fn nothing_is_held_back_but_a_piece_of_the_mark() {
        let mut listener = Listener::new(MARK);
        let piece = MARK.get(..5).unwrap();
        assert_eq!(listener.push(format!("{MARK} from\n").as_bytes()), b"");
        assert_eq!(listener.push(b"a prompt: "), b"a prompt: ");
        assert_eq!(listener.push(piece.as_bytes()), b"");
        assert_eq!(listener.push(b"-"), format!("{piece}-").into_bytes());
        assert!(!listener.is_done());
    }

    #[test]
    fn every_word_has_its_meaning() {
        for (line, word) in [
            ("begun", Some(Word::Begun)),
            ("end", Some(Word::End)),
            ("rc 0", Some(Word::Code(0))),
            ("rc", None),
            ("never", Some(Word::Never)),
            ("gone", Some(Word::Gone)),
            ("taken", Some(Word::Taken)),
            ("cannot no room", Some(Word::Cannot("no room".to_owned()))),
            ("else", None),
        ] {
            assert_eq!(Word::parse(line), word, "{line}");
        }
    }
}
