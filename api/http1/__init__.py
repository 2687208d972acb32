"""HTTP/1.1 on sockets: requests are parsed, connections kept within deadlines, and answers written.

llhttp, in httptools, parses; what a client may cost before and after that is decided here.
"""
