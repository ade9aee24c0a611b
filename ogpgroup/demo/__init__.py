"""A made-up cycle around today's date, so that every page has something to show and reminders are about to go.

Everything here is fiction and bears `is_demo`: municipalities that do not exist, people named after their task, links
and addresses under `.example`, which nobody can own. The nine real cities hold only facts with a source.
"""
