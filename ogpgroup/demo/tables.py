"""What was said at the tables of the demonstration's last session, and who sits where at the next; all made up."""

from collections.abc import Mapping
from datetime import timedelta

from cities.models import City
from ogpgroup.models import User
from workshops.actions import table_notes
from workshops.actions import tables as table_actions
from workshops.actions.table_notes import Typed
from workshops.models import Session, WorkTable

LAST, NEXT, SEED = "demo-primer-avance", "demo-foros-de-colonia", "demostracion"
WRITERS = ("integrante@demo.example", "persona3@demo.example")

# Table, kind, what was said, and the city that said it.
NOTES = (
    (1, "doubt", "¿Quién firma la respuesta a cada propuesta: la dependencia o la presidencia municipal?", "centro"),
    (1, "doubt", "¿Qué hacemos con las propuestas que no son del municipio, sino del estado?", "sierra"),
    (1, "difficulty", "Llegan doscientas propuestas y hay dos personas para responderlas.", "norte"),
    (1, "difficulty", "Nadie guarda la lista de quién propuso qué; al responder ya no sabemos a quién escribir.", ""),
    (1, "priority", "Publicar un plazo de respuesta y cumplirlo, aunque la respuesta sea «todavía no».", "norte"),
    (1, "proposal", "Responder por tema en una asamblea y colgar la relatoría el mismo día.", "sureste"),
    (1, "comment", "Una respuesta negativa bien explicada genera más confianza que un sí sin fecha.", "pacifico"),
    (2, "doubt", "¿Cuenta igual una propuesta en papel que una en línea?", "pacifico"),
    (2, "difficulty", "En las localidades de la sierra no hay señal; el formulario no abre.", "sierra"),
    (2, "difficulty", "Quien captura el papel resume y se pierde lo que la persona quiso decir.", "centro"),
    (2, "difficulty", "El horario de las consultas deja fuera a quienes trabajan en el campo.", "sierra"),
    (2, "priority", "Un solo formato, igual en papel y en línea, con folio para la persona.", "sureste"),
    (2, "priority", "Capturar el papel en los tres días siguientes y avisar que ya está.", "norte"),
    (2, "proposal", "Que las bibliotecas reciban propuestas y presten una computadora.", "pacifico"),
)


def add_tables(sessions: Mapping[str, Session], people: Mapping[str, User], cities: Mapping[str, City]) -> None:
    """Notes as they were taken at the last session; places at the next one by a fair draw."""
    last, ahead = (Session.objects.get(pk=sessions[slug].pk) for slug in (LAST, NEXT))
    assert last.starts_at
    for number in sorted({note[0] for note in NOTES}):
        table = last.tables.get(number=number)
        notes = [
            Typed(kind=kind, text=text, city_id=cities[f"ciudad-demo-{city}"].pk if city else None)
            for at, kind, text, city in NOTES
            if at == number
        ]
        assert table.rapporteur
        table_notes.write_notes(table, notes, by=table.rapporteur, now=last.starts_at + timedelta(hours=2))
    line = WorkTable(session=ahead, number=ahead.tables.count() + 1, theme="Mesa en línea")
    line.join_url = "https://reuniones.example/mesa-en-linea"
    table_actions.save_table(line, co_rapporteurs=[people[WRITERS[1]]])
    table_actions.draw_places(ahead, seed=SEED, whom="expected", keep=False)
