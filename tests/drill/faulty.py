"""A file that cannot be read: the kernel asks us, and we say EIO, as a disk does for a bad sector.

It is a file system of one file, mounted over the real one. The kernel's protocol (linux/fuse.h, 7.31) is spoken directly, for
want of a Python module in Debian's base; a mount of our own makes the error real for every program, the box's decoders too.
"""
import ctypes
import errno
import os
import stat
import struct
import threading
from pathlib import Path

import roles

MINOR = 31
BUFFER = 256 * 1024
MNT_DETACH = 2
GETATTR, STATFS, OPEN, READ, RELEASE, FLUSH, INIT = 3, 17, 14, 15, 18, 25, 26
SILENT = (2, 36, 42)            # FORGET, INTERRUPT, BATCH_FORGET: no answer is expected
IN_HEADER = struct.Struct("<IIQQIIII")      # length, operation, number, node, uid, gid, pid, padding
OUT_HEADER = struct.Struct("<IiQ")
ATTRIBUTES = struct.Struct("<QII" "QQQQQQ" "IIIIIIIIII")
OPENED = struct.Struct("<QII")
INIT_OUT = struct.Struct("<IIIIHHIIHH8I")


class Faulty:
    """`with Faulty(path):` every read of it fails."""

    def __init__(self, path):
        self.path, self.size, self.reads = Path(path), Path(path).stat().st_size, 0

    def __enter__(self):
        if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
            raise roles.Skip("needs root and /dev/fuse")
        self._device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self._device},rootmode={stat.S_IFREG | 0o644:o},user_id=0,group_id=0,allow_other"
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b"drill", bytes(self.path), b"fuse", 0, options.encode()) != 0:
            os.close(self._device)
            raise roles.Skip(f"cannot mount: {os.strerror(ctypes.get_errno())}")
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_):
        ctypes.CDLL(None).umount2(bytes(self.path), MNT_DETACH)
        self._thread.join()
        os.close(self._device)

    def _serve(self):
        """Until the mount is gone: then the kernel says ENODEV."""
        while True:
            try:
                asked = os.read(self._device, BUFFER)
            except OSError as error:
                if error.errno in (errno.EINTR, errno.EAGAIN, errno.ENOENT):
                    continue
                return
            _, operation, number, *_ = IN_HEADER.unpack_from(asked)
            if operation in SILENT:
                continue
            code, answer = self._answer(operation)
            os.write(self._device, OUT_HEADER.pack(OUT_HEADER.size + len(answer), -code, number) + answer)

    def _answer(self, operation):
        if operation == INIT:
            return 0, INIT_OUT.pack(7, MINOR, 0, 0, 0, 0, 4096, 1, 0, 0, *[0] * 8)
        if operation == GETATTR:
            return 0, ATTRIBUTES.pack(0, 0, 0, 1, self.size, -(-self.size // 512), 0, 0, 0, 0, 0, 0, stat.S_IFREG | 0o644, 1,
                                      0, 0, 0, 4096, 0)
        if operation == OPEN:
            return 0, OPENED.pack(0, 0, 0)
        if operation == READ:
            self.reads += 1
            return errno.EIO, b""
        if operation in (FLUSH, RELEASE):
            return 0, b""
        return errno.ENOSYS, b""
