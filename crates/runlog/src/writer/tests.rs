use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::{Mark, Piece, StepLog, Stream, line_ends};

const SOURCE: Source = Source {
    run: 5,
    step: 7,
    epoch: 2,
};

/// What a claim has printed, with all its bytes.
struct Printed {
    writer: StepWriter,
    all: Vec<u8>,
    end: Mark,
}

impl Printed {
    fn new(root: &Path, step_bytes: u64, run_bytes: u64) -> Self {
        let caps = Caps {
            step_bytes,
            run_bytes,
        };
        Self {
            writer: StepWriter::new(root, SOURCE, caps, Arc::default()),
            all: Vec::new(),
            end: Mark::default(),
        }
    }

    fn print(&mut self, bytes: &[u8]) {
        let frame = Frame {
            start: self.end,
            at_ms: 1,
            stream: Stream::Stdout,
            bytes,
        };
        let written = self.writer.append([frame]);
        assert!(written.error.is_none(), "{written:?}");
        self.end = frame.end();
        self.all.extend_from_slice(bytes);
    }

    /// Reads all of it back; checks that what is there is right, and that what is missing is told exactly.
    fn check(&self, root: &Path) -> Vec<crate::Gap> {
        let log = StepLog::open(root, SOURCE).unwrap();
        let mut gaps = Vec::new();
        let mut place = Mark::default();
        let all = Mark::default()..self.end;
        log.visit(all, |piece| {
            let (start, end) = match piece {
                Piece::Frame(frame) => {
                    let from = usize::try_from(frame.start.bytes).unwrap();
                    assert_eq!(&self.all[from..from + frame.bytes.len()], frame.bytes);
                    (frame.start, frame.end())
                }
                Piece::Gap(gap) => {
                    let from = usize::try_from(gap.start.bytes).unwrap();
                    let missing = &self.all[from..from + usize::try_from(gap.bytes).unwrap()];
                    assert_eq!(gap.lines, line_ends(missing));
                    gaps.push(gap);
                    let end = Mark {
                        bytes: gap.start.bytes + gap.bytes,
                        lines: gap.start.lines + gap.lines,
                    };
                    (gap.start, end)
                }
            };
            assert_eq!(start, place);
            place = end;
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(place, self.end);
        gaps
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn head_and_tail_are_kept_and_the_middle_is_counted(
        sizes in prop::collection::vec(0_usize..MAX_PAYLOAD, 1..60), cap in 300_000_u64..900_000, salt: u8
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut printed = Printed::new(folder.path(), cap, u64::MAX);
        for size in sizes {
            let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap() ^ salt).collect();
            printed.print(&bytes);
        }
        let gaps = printed.check(folder.path());
        let on_disk = size_of(&run_folder(folder.path(), SOURCE.run));
        prop_assert!(on_disk <= cap && gaps.len() <= 1, "{} {:?}", on_disk, gaps);
        if let Some(gap) = gaps.first() {
            // A half, but for one frame and one segment at most.
            let slack = wide(CHUNK) + cap / SEGMENTS;
            prop_assert!(gap.start.bytes + slack >= cap / 2);
            prop_assert!(printed.end.bytes - gap.start.bytes - gap.bytes + 2 * slack >= cap / 2);
        }
    }
}

#[test]
fn files_and_folders_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("deep/output");
    let mut printed = Printed::new(&root, 1 << 20, 1 << 30);
    printed.print(b"x\n");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&run_folder(&root, 5)), 0o700);
    assert_eq!(mode(&SOURCE.segment(&root, 0)), 0o600);
}

#[test]
fn a_run_that_is_full_leaves_each_step_a_little() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = Printed::new(folder.path(), 4 << 20, 2 << 20);
    other.writer.source.step = 6;
    (0..100).for_each(|_| other.print(&[b'a'; 60_000]));
    let before = size_of(&run_folder(folder.path(), 5));
    assert!((1 << 20..=2 << 20).contains(&before), "{before}");
    let mut printed = Printed::new(folder.path(), 4 << 20, 2 << 20);
    (0..100).for_each(|_| printed.print(&[b'b'; 30_000]));
    let added = size_of(&run_folder(folder.path(), 5)) - before;
    assert!(added <= FLOOR.max((2 << 20) - before), "{added}");
    assert_eq!(printed.check(folder.path()).len(), 1);
}

#[test]
fn a_write_that_fails_loses_its_own_frames_only() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("output");
    std::fs::write(&root, b"no folder").unwrap();
    let mut printed = Printed::new(&root, 1 << 20, 1 << 30);
    let lost = Frame {
        start: Mark::default(),
        at_ms: 1,
        stream: Stream::Stdout,
        bytes: b"gone\n",
    };
    let written = printed.writer.append([lost]);
    assert_eq!(written.lost_bytes, 5);
    assert!(written.error.is_some());
    printed.end = lost.end();
    printed.all = b"gone\n".to_vec();
    std::fs::remove_file(&root).unwrap();
    printed.print(b"here\n");
    let gaps = printed.check(&root);
    assert_eq!((gaps.len(), gaps[0].bytes, gaps[0].lines), (1, 5, 1));
}

#[test]
fn a_torn_frame_hides_nothing_but_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut printed = Printed::new(folder.path(), 1 << 20, 1 << 30);
    printed.print(b"one\n");
    printed.print(b"two\n");
    let path = SOURCE.segment(folder.path(), 0);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(std::fs::metadata(&path).unwrap().len() - 2)
        .unwrap();
    printed.writer.open = None;
    printed.print(b"three\n");
    let gaps = printed.check(folder.path());
    assert_eq!((gaps.len(), gaps[0].bytes, gaps[0].lines), (1, 4, 1));
}

/// A file system of 128 KiB, gone when dropped.
struct Tiny(tempfile::TempDir);

impl Tiny {
    /// None where the kernel lets nobody mount.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"]);
        let mounted = mount.arg(folder.path()).output().ok()?.status.success();
        mounted.then_some(Self(folder))
    }
}

impl Drop for Tiny {
    fn drop(&mut self) {
        let mut unmount = std::process::Command::new("umount");
        let _gone = unmount.arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_used_again_once_there_is_room() {
    let Some(disk) = Tiny::mount() else {
        return;
    };
    let root = disk.0.path().join("output");
    let mut printed = Printed::new(&root, 1 << 20, 1 << 30);
    let ballast = disk.0.path().join("ballast");
    printed.print(b"first\n");
    std::fs::write(&ballast, [b'x'; 110_000]).unwrap();
    let lost: Vec<u8> = b"lost\n".repeat(8000);
    let frame = Frame {
        start: printed.end,
        at_ms: 1,
        stream: Stream::Stdout,
        bytes: &lost,
    };
    let written = printed.writer.append([frame]);
    assert_eq!(written.lost_bytes, 40_000, "{written:?}");
    assert_eq!(written.error.unwrap().kind(), ErrorKind::StorageFull);
    printed.end = frame.end();
    printed.all.extend_from_slice(&lost);
    std::fs::remove_file(&ballast).unwrap();
    printed.print(b"second\n");
    let gaps = printed.check(&root);
    assert_eq!(
        (gaps.len(), gaps[0].bytes, gaps[0].lines),
        (1, 40_000, 8000)
    );
}
