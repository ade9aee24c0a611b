"""The founding cycle of 2017: facts with their source, and how they are put on record.

Single facts were taken from

- the article "Progress on OGP Group Work in Mexico" by Céline Jacquin, WRI México, published by the Open Government
  Partnership (`session.SOURCE`): the session, who took part, what was agreed;
- INEGI, Censo de Población y Vivienda 2020 and Catálogo Único de Claves (AGEEML, December 2020), in the version of
  Diego Valle-Jones (mxmaps, BSD 3-Clause): codes, seats, coordinates and population of the cities;
- the Ley de los Husos Horarios (DOF 2022-10-28) and the IANA time zone database: the zones;
- where a line says so, general knowledge that nobody checked. Such records carry their certainty.

What the sources do not say stays empty: no hours, no themes of the tables, no names of participants but one.
"""
