"""What every page we write is made of: HTML that escapes, one style sheet, pictures, panels.

A page is one file: it needs no other, asks for nothing from the network and runs no script.
"""
