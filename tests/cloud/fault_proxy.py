# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy before an S3 server that breaks a share of what passes, in every way a network and
a busy service know. As S3 does and moto does not, it refuses a body that does not match its
x-amz-content-sha256."""

import collections
import email.utils
import hashlib
import http.client
import random
import socketserver
import struct
import threading
import time

FAULTS = ("500", "503", "429", "reset before", "reset after", "stall", "truncated",
          "corrupt response", "corrupt request", "slow drip", "clock skew")


class Reset(Exception):
    pass


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            while self.exchange():
                pass
        except Reset:
            linger = struct.pack("ii", 1, 0)  # close with RST
            self.connection.setsockopt(1, 13, linger)  # SOL_SOCKET, SO_LINGER
        except (ConnectionError, TimeoutError):
            pass

    def exchange(self):
        line = self.rfile.readline().decode()
        if not line:
            return False
        method, target, _ = line.split(" ")
        headers = http.client.parse_headers(self.rfile)
        body = self.rfile.read(int(headers.get("content-length", 0)))
        fault = self.server.draw()
        if fault in ("500", "503", "429"):
            code = {"500": "InternalError", "503": "SlowDown", "429": "TooManyRequests"}[fault]
            return self.error(int(fault), code)
        if fault == "clock skew":
            return self.error(403, "RequestTimeTooSkewed")
        if fault == "reset before":
            raise Reset
        if fault == "stall":
            time.sleep(self.server.stall)
            raise Reset
        if fault == "corrupt request" and body:
            body = self.damaged(body)
        claimed = headers.get("x-amz-content-sha256", "")
        if len(claimed) == 64 and claimed != hashlib.sha256(body).hexdigest():
            return self.error(400, "XAmzContentSHA256Mismatch")
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=60)
        upstream.request(method, target, body, dict(headers))
        response = upstream.getresponse()
        content = response.read()
        if fault == "reset after":
            raise Reset
        length = response.headers.get("content-length", str(len(content)))
        head = [f"HTTP/1.1 {response.status} {response.reason}", f"Content-Length: {length}"]
        head += [f"{name}: {value}" for name, value in response.headers.items()
                 if name.lower() not in ("content-length", "connection", "transfer-encoding")]
        self.wfile.write(("\r\n".join(head) + "\r\n\r\n").encode())
        if fault == "truncated" and content:
            self.wfile.write(content[: len(content) // 2])
            return False
        if fault == "corrupt response" and content and response.status < 300:
            content = self.damaged(content)
        if fault == "slow drip":
            for start in range(0, len(content), max(1, len(content) // 20)):
                self.wfile.write(content[start : start + max(1, len(content) // 20)])
                time.sleep(0.02)
        else:
            self.wfile.write(content)
        return True

    def damaged(self, content):
        place = self.server.random.randrange(len(content))
        return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]

    def error(self, status, code):
        body = f"<Error><Code>{code}</Code><Message>injected</Message></Error>".encode()
        date = email.utils.formatdate(usegmt=True)
        self.wfile.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nDate: {date}\r\n"
                         f"x-amz-request-id: FAULT\r\n\r\n".encode() + body)
        return True


class FaultProxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, upstream, share, seed, stall=3.0):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream, self.share, self.stall = upstream, share, stall
        self.random = random.Random(seed)
        self.count = collections.Counter()
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def draw(self):
        with self.lock:
            fault = self.random.choice(FAULTS) if self.random.random() < self.share else "none"
            self.count[fault] += 1
            return fault
