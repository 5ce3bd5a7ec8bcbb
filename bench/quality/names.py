# ruff: noqa: E501
"""Ordinary given and family names by language: none of the product's own lists was looked at for them."""

from __future__ import annotations

from random import Random

_GIVEN = {
    "en": "Abigail Alison Beth Bradley Caitlin Chloe Craig Darren Eleanor Fiona Gareth Gemma Graham Hannah Harriet"
    " Ian Imogen Jack Jasmine Keith Kieran Lauren Leanne Megan Neil Nigel Oliver Poppy Rhys Ruby Scott Shaun"
    " Stephanie Tracey Wesley Zachary",
    "de": "Andrea Annegret Axel Birgit Björn Carsten Dagmar Detlef Dieter Elke Ernst Friederike Gerd Gisela Günther"
    " Hannelore Heike Holger Ingrid Jürgen Karin Kerstin Klaus Lothar Manfred Marlies Norbert Petra Rainer"
    " Renate Sabine Silke Thorsten Ulrike Uwe Wolfgang",
    "fr": "Adrien Agathe Alain Amélie Anaïs Aurélie Baptiste Benoît Bérénice Brigitte Cédric Clémence Corinne Damien"
    " Delphine Élodie Fabrice Florent Gaëlle Gérard Guillaume Hélène Hugues Jérôme Laetitia Loïc Lucie Maxime"
    " Mireille Noémie Océane Quentin Régis Sandrine Sylvain Thierry",
    "es": "Adriana Alejandro Álvaro Amparo Antonio Beatriz Begoña Carmen César Concepción Consuelo Diego Dolores Elvira"
    " Enrique Esperanza Felipe Fernando Gonzalo Guadalupe Ignacio Inés Jaime Joaquín Lourdes Manuel Mercedes"
    " Miguel Montserrat Nuria Paloma Ramón Rocío Rubén Sergio Yolanda",
    "it": "Alessandro Alessia Antonella Beatrice Bruno Carlo Caterina Cinzia Claudio Cristina Davide Donatella Emanuele"
    " Enzo Fabio Federica Filippo Francesca Gianluca Giorgia Giovanni Giulia Ilaria Lorenzo Luciano Marcella"
    " Massimo Matteo Nicola Ornella Paola Pietro Riccardo Salvatore Simona Vincenzo",
    "nl": "Anouk Bart Bas Carla Coen Daan Diederik Dirk Elsbeth Femke Floor Geert Gerrit Gijs Hanneke Henk Ilse Jaap"
    " Jeroen Joost Joke Karel Katrijn Lieke Maaike Maarten Marloes Mieke Nienke Pieter Rinske Roel Sjoerd Tineke"
    " Willemijn Wouter",
    "pt": "Afonso Ana André Beatriz Bruna Caio Cátia Cláudia Diogo Duarte Eduarda Fábio Filipa Gonçalo Helena Hugo Inês"
    " Isabel Joana João Leonor Luís Mafalda Margarida Miguel Nuno Patrícia Paulo Pedro Raquel Ricardo Rui Sofia"
    " Susana Tiago Vasco",
    "pl": "Agnieszka Aleksandra Andrzej Barbara Bartosz Beata Bogdan Bożena Danuta Dariusz Dorota Elżbieta Ewa Grażyna"
    " Grzegorz Halina Iwona Jacek Jadwiga Jerzy Justyna Katarzyna Kazimierz Krzysztof Leszek Łukasz Małgorzata"
    " Marcin Mariusz Paweł Przemysław Ryszard Sławomir Stanisław Tomasz Zbigniew",
    "sv": "Agneta Anders Annika Arvid Astrid Bengt Birgitta Bo Britt Camilla Cecilia Elin Ellinor Erik Fredrik Gunnar"
    " Gunilla Göran Håkan Ingela Johan Kjell Lars Lena Linnea Maj Mats Mikael Monika Niklas Pernilla Rolf Sven"
    " Torbjörn Ulla Åsa",
    "da": "Anne Asger Bente Birthe Bodil Carsten Ditte Dorthe Ellen Flemming Frederikke Gitte Hanne Henning Inge Jeppe"
    " Jesper Jytte Karsten Kirsten Kjeld Lene Lise Lone Mads Mette Morten Niels Ove Pernille Poul Rasmus Signe"
    " Solveig Søren Troels",
    "xx": "Ahmet Aisha Amara Anjali Arjun Aylin Bilal Chinedu Deepak Dimitra Elif Fatima Goran Hassan Hiroshi Ibrahim Ivana"
    " Jelena Jin Kavita Khalid Kenji Leila Linh Mehmet Minh Nadia Oluwaseun Omar Parisa Priya Rania Ravi Samira"
    " Sanjay Snežana Tariq Thi Vuk Wei Xiu Yusuf Zeynep Zoran",
}
_FAMILY = {
    "en": "Abbott Atkins Barlow Bennett Blackwell Bowen Bradshaw Burgess Calloway Chapman Clayton Crawford Dalton Dixon"
    " Elliott Fairbanks Fletcher Garner Goodwin Hargreaves Hawkins Holloway Jarvis Kendrick Lockwood Marsden Nash"
    " Ogden Pemberton Prescott Radcliffe Sheldon Thornton Underhill Whitaker Yates",
    "de": "Albrecht Arndt Bachmann Bergmann Böhm Brandt Dietrich Ebert Engel Fiedler Förster Friedrich Gerlach Götz Hahn"
    " Heinrich Herrmann Horn Jäger Kaiser Köhler Krämer Kühn Lindner Lorenz Ludwig Martens Ottmann Pfeiffer"
    " Reinhardt Sauer Schuster Thiel Vogel Winkler Ziegler",
    "fr": "Barbier Besson Blanchard Boucher Bourgeois Brun Carpentier Charpentier Colin Cousin Delmas Dumont Fabre Fleury"
    " Gaillard Gauthier Giraud Guérin Hamel Huet Jacquet Lacroix Leclerc Lemoine Mallet Marchand Mercier Meunier"
    " Noël Perrin Picard Renaud Rolland Tessier Vasseur Verdier",
    "es": "Aguilar Alonso Benítez Blanco Caballero Calvo Campos Castillo Delgado Domínguez Escudero Fuentes Gallego Garrido"
    " Giménez Guerrero Herrera Ibáñez Iglesias Lozano Marín Medina Méndez Molina Montero Navarro Núñez Ortiz Pascual"
    " Prieto Quintana Ramos Serrano Soler Vega Vidal",
    "it": "Amato Barbieri Basile Battaglia Bellini Benedetti Bianco Caputo Carbone Cattaneo Conte Costa D'Angelo"
    " Fabbri Farina Ferrara Fiore Galli Gatti Grassi Leone Lombardi Mancini Marchetti Martini Monti Neri Orlando"
    " Palumbo Pellegrini Rinaldi Sala Serra Testa Villa",
    "nl": "Bakker Boersma Bosman Brouwer Dekker Dijkstra Driessen Gerritsen Hermans Hoekstra Huisman Jacobs Janssen Kok"
    " Kuiper Langeveld Meijer Mulder Peters Postma Prins Scholten Schouten Smits Timmermans Veenstra Verbeek Verhoeven"
    " Vermeulen Visser Vos Willems Wouters Zijlstra Zonneveld Zwart",
    "pt": "Almeida Amaral Antunes Azevedo Barros Branco Cardoso Carneiro Carvalho Coelho Correia Cunha Esteves Faria Figueiredo"
    " Fonseca Freitas Gonçalves Guimarães Leite Lobo Lopes Machado Magalhães Marques Matos Moreira Moura Neves Nogueira"
    " Pinheiro Pinto Queirós Ribeiro Teixeira Vieira",
    "pl": "Adamczyk Bąk Borkowski Chmielewska Czarnecki Dąbrowska Duda Dudek Gajewski Głowacka Górski Jabłońska Jankowski"
    " Kaczmarek Kalinowska Kaźmierczak Kołodziej Kozłowski Krawczyk Król Kubiak Kucharski Maciejewska Majewski Malinowski"
    " Mazur Michalska Nowicki Ostrowski Pawlak Pietrzak Sikora Sobczak Szymański Witkowska Zając",
    "sv": "Andersson Axelsson Backlund Berglund Björk Blomqvist Dahlberg Edlund Ekström Engström Forsberg Fransson Gustafsson"
    " Hedlund Hellström Holmgren Isaksson Jakobsson Jonsson Karlsson Lindgren Lindqvist Lundberg Löfgren Mattsson Norberg"
    " Nyström Olofsson Persson Sandberg Sjögren Sundström Söderberg Wallin Wikström Åkesson",
    "da": "Andreasen Bach Bertelsen Brandstrup Carlsen Christoffersen Clausen Dam Frandsen Friis Gregersen Hedegaard Henriksen"
    " Holm Iversen Jakobsen Jeppesen Jespersen Juhl Kjeldsen Knudsen Kristoffersen Lassen Lauridsen Mikkelsen Mogensen"
    " Mortensen Nygaard Olesen Overgaard Rasmussen Skov Svendsen Thomsen Toft Vestergaard",
    "xx": "Abdullah Adeyemi Agarwal Banerjee Bui Chen Demir Dimitriou Eze Farouk Goswami Haddad Hashimoto Iyer Jovanović Kaya"
    " Khan Kim Kovačević Li Mahmoud Mbeki Nair Ngo Nguyen Okafor Öztürk Pandey Papadakis Petrović Rahman Sato Sharma Singh"
    " Tanaka Tran Wang Yılmaz Zhang Zhou",
}
GIVEN = {language: tuple(text.split()) for language, text in _GIVEN.items()}
FAMILY = {language: tuple(text.split()) for language, text in _FAMILY.items()}
_FOREIGN = 0.15


def given(rng: Random, language: str) -> str:
    return rng.choice(GIVEN["xx" if rng.random() < _FOREIGN else language])


def family(rng: Random, language: str) -> str:
    """One family name; some in a hundred are double."""
    one = rng.choice(FAMILY["xx" if rng.random() < _FOREIGN else language])
    if rng.random() < (0.6 if language in ("es", "pt") else 0.04):
        joint = " " if language in ("es", "pt") else "-"
        return f"{one}{joint}{rng.choice(FAMILY[language])}"
    return one
