"""Readers of single kinds of export, and what turns documents and workbooks into tables."""
