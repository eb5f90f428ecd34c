"""Copies different .mod files of repositories into two folders, for bench/nmodl_trials.py.

    python3 bench/nmodl_public.py REPOSITORIES FOLDER COUNT [SEED]

Takes the files with the smallest digests, so the sample is the same while the repositories are; another seed gives another sample. A
file is named after its repository. Ends with 1 if there are no files.
"""

import hashlib
import pathlib
import shutil
import sys


def main(repositories, folder, count, seed=""):
    """Copy COUNT files, and the files that they may include."""
    by_digest = {}
    for path in sorted(repositories.rglob("*.mod")):
        by_digest.setdefault(hashlib.sha256(seed.encode() + path.read_bytes()).hexdigest(), path)
    for number, (digest, path) in enumerate(sorted(by_digest.items())[:count]):
        part = folder / str(number % 2)
        part.mkdir(parents=True, exist_ok=True)
        repository = path.relative_to(repositories).parts[0]
        shutil.copy(path, part / f"{repository}+{path.stem}+{digest[:6]}.mod")
        for included in path.parent.glob("*.inc"):
            shutil.copy(included, part)
    print(f"{min(count, len(by_digest))} of {len(by_digest)} different files")
    return 0 if by_digest else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:5]))
