"""Reads a bundle with the libraries of RO-Crate, COMBINE and SED-ML, and prints what they find as JSON.

Usage: read_bundle.py ARCHIVE FOLDER, where FOLDER holds the same files unpacked.
"""

import json
import sys
from pathlib import Path

import libcombine
import libsedml
from rocrate.rocrate import ROCrate

archive_path, folder = sys.argv[1], Path(sys.argv[2])

archive = libcombine.CombineArchive()
opened = archive.initializeFromArchive(archive_path)
manifest = archive.getManifest()
entries = [manifest.getContent(k) for k in range(manifest.getNumContents())]
master = archive.getMasterFile()

crate = ROCrate(str(folder))
actions = [entity for entity in crate.get_entities() if entity.type == "CreateAction"]

sedml = None
if (folder / "run.sedml").exists():
    document = libsedml.readSedMLFromFile(str(folder / "run.sedml"))
    course = document.getSimulation(0)
    sedml = {
        "errors": document.getErrorLog().getNumFailsWithSeverity(libsedml.LIBSEDML_SEV_ERROR),
        "source": document.getModel(0).getSource(),
        "end": course.getOutputEndTime(),
        "steps": course.getNumberOfSteps(),
        "columns": document.getOutput(0).getNumDataSets(),
        "targets": [
            document.getDataGenerator(k).getVariable(0).getTarget()
            for k in range(document.getNumDataGenerators())
        ],
    }

print(
    json.dumps(
        {
            "opened": opened,
            "locations": sorted(entry.getLocation() for entry in entries),
            "master": None if master is None else master.getLocation(),
            "crate": {
                "version": crate.version,
                "name": crate.name,
                "main": crate.mainEntity.id,
                "files": sorted(entity.id for entity in crate.data_entities),
                "missing": [e.id for e in crate.data_entities if not (folder / e.id).exists()],
                "actions": [
                    {
                        "instrument": action["instrument"]["name"],
                        "result": [entity.id for entity in action["result"]],
                        "object": [entity.id for entity in action["object"]],
                    }
                    for action in actions
                ],
                "dangling": [
                    value.get("@id")
                    for entity in crate.get_entities()
                    for value in entity.properties().values()
                    if isinstance(value, dict)
                    and not str(value.get("@id")).startswith("http")
                    and crate.get(value.get("@id")) is None
                ],
            },
            "sedml": sedml,
        }
    )
)
